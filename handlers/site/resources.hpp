#pragma once
// The handlers in the table of endpoints.cpp, one file a resource.
#include "handlers/site/call.hpp"

namespace nopassd::handlers::site {

// service.cpp
asio::awaitable<Reply> list_endpoints(Call& call);
asio::awaitable<Reply> show_scopes(Call& call);
asio::awaitable<Reply> show_info(Call& call);
asio::awaitable<Reply> show_livez(Call& call);
asio::awaitable<Reply> show_readyz(Call& call);
// openapi.cpp
asio::awaitable<Reply> show_openapi(Call& call);
// metrics.cpp
asio::awaitable<Reply> show_metrics(Call& call);

// operations.cpp
asio::awaitable<Reply> make_backup(Call& call);
asio::awaitable<Reply> reload_configuration(Call& call);
asio::awaitable<Reply> show_diagnosis(Call& call);

// portal.cpp
asio::awaitable<Reply> show_portal(Call& call);
asio::awaitable<Reply> open_window(Call& call);
asio::awaitable<Reply> close_window(Call& call);
// portal_state.cpp
asio::awaitable<Reply> show_portal_credentials(Call& call);
asio::awaitable<Reply> import_portal(Call& call);
asio::awaitable<Reply> enable_portal(Call& call);
asio::awaitable<Reply> reset_portal(Call& call);

// events.cpp
asio::awaitable<Reply> read_events(Call& call);

// consumers.cpp
asio::awaitable<Reply> list_consumers(Call& call);
asio::awaitable<Reply> show_consumer(Call& call);
asio::awaitable<Reply> remove_consumer(Call& call);
// put_consumer.cpp
asio::awaitable<Reply> put_consumer(Call& call);
// consumer_events.cpp
asio::awaitable<Reply> read_consumer(Call& call);
// acknowledge.cpp
asio::awaitable<Reply> acknowledge(Call& call);

// sessions.cpp
asio::awaitable<Reply> list_sessions(Call& call);
asio::awaitable<Reply> show_session(Call& call);
asio::awaitable<Reply> show_picture(Call& call);
asio::awaitable<Reply> end_session(Call& call);
asio::awaitable<Reply> end_sessions(Call& call);
// redeem.cpp
asio::awaitable<Reply> redeem_session(Call& call);
asio::awaitable<Reply> redeem_registration(Call& call);
// start_session.cpp
asio::awaitable<Reply> start_session(Call& call);

// registrations.cpp
asio::awaitable<Reply> list_registrations(Call& call);
asio::awaitable<Reply> show_registration(Call& call);
// start_registration.cpp
asio::awaitable<Reply> start_registration(Call& call);
// registration_batch.cpp
asio::awaitable<Reply> start_registrations(Call& call);

// users.cpp
asio::awaitable<Reply> list_users(Call& call);
asio::awaitable<Reply> show_user(Call& call);
// put_user.cpp
asio::awaitable<Reply> put_user(Call& call);
// user_deletion.cpp
asio::awaitable<Reply> delete_user(Call& call);
asio::awaitable<Reply> restore_user(Call& call);
// history.cpp
asio::awaitable<Reply> show_history(Call& call);

// clients.cpp
asio::awaitable<Reply> list_clients(Call& call);
asio::awaitable<Reply> show_client(Call& call);
asio::awaitable<Reply> remove_client(Call& call);
// client_changes.cpp
asio::awaitable<Reply> make_client(Call& call);
asio::awaitable<Reply> change_client(Call& call);
asio::awaitable<Reply> renew_secret(Call& call);
// issue_token.cpp
asio::awaitable<Reply> issue_token(Call& call);

// questions.cpp
asio::awaitable<Reply> list_questions(Call& call);
asio::awaitable<Reply> answer_question(Call& call);

// hooks.cpp
asio::awaitable<Reply> list_hooks(Call& call);
asio::awaitable<Reply> show_hook(Call& call);
asio::awaitable<Reply> remove_hook(Call& call);
asio::awaitable<Reply> test_hook(Call& call);
// put_hook.cpp
asio::awaitable<Reply> put_hook(Call& call);

}  // namespace nopassd::handlers::site
