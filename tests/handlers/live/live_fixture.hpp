#pragma once
// The live socket's handlers over a real store, with logins that the site API has started.
#include "handlers/live/live.hpp"
#include "storage/lifecycle.hpp"
#include "tests/handlers/site/site_fixture.hpp"

#include <memory>
#include <optional>
#include <string>

namespace nopassd::testing {

namespace live = handlers::live;

/// What a browser has sent.
struct BrowserAsk {
  std::string path;
  std::string method = "GET";
  std::string origin = {}, if_none_match = {}, last_event_id = {};
};

class LiveTest : public SiteTest {
 protected:
  struct Pending {
    BrowserAsk ask;
    FakeStream stream;
    std::optional<handlers::Reply> reply;
  };
  struct Started {
    std::string id, ticket, url, auth_id;
  };

  LiveTest() {
    register_portal();
    ada = add_user("ada");
  }
  /// Answers at once, or streams: then it is still pending.
  std::shared_ptr<Pending> open(BrowserAsk ask) {
    auto pending = std::make_shared<Pending>();
    pending->ask = std::move(ask);
    boost::asio::co_spawn(io, carry_out(pending), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    return pending;
  }
  handlers::Reply ask(BrowserAsk what) {
    auto pending = open(std::move(what));
    run_until([&] { return pending->reply.has_value(); });
    return pending->reply.value_or(handlers::Reply{});
  }
  handlers::Reply look(const Started& started, std::string_view more = "") {
    return ask({started.url + std::string(more)});
  }
  void wait_for(const std::shared_ptr<Pending>& stream, std::string_view text) {
    run_until([&] { return stream->stream.text.find(text) != std::string::npos; });
  }
  void wait_for_end(const std::shared_ptr<Pending>& stream) {
    run_until([&] { return stream->reply.has_value(); });
  }

  Started start(std::string auth_id) {
    const auto body = body_of(post(
        "/v1/sessions", json::serialize(json::object{{"login", "ada"}, {"binding", binding}, {"authId", auth_id}})));
    return {text_of(body, "id"), text_of(body, "ticket"), text_of(body, "liveUrl"), std::move(auth_id)};
  }
  Started enrol(std::string otp) {
    const auto body = body_of(
        post("/v1/registrations",
             json::serialize(json::object{{"for", "new"}, {"login", "bob"}, {"binding", binding}, {"otp", otp}})));
    return {text_of(body, "id"), text_of(body, "ticket"), text_of(body, "liveUrl"), std::move(otp)};
  }
  template <class Change>
  void change(const Started& started, Change change) {
    transact([id = started.id, change](storage::Transaction& transaction) {
      auto session = *transaction.session(id);
      change(transaction, session);
      return true;
    });
  }
  void end(const Started& started, storage::SessionState state) {
    change(started, [state](storage::Transaction& transaction, storage::Session& session) {
      storage::end_session(transaction, session, state, storage::Party::nopass);
    });
  }
  void authorize(const Started& started) {
    change(started, [](storage::Transaction& transaction, storage::Session& session) {
      session.state = storage::SessionState::authorized;
      session.decided_at = transaction.now();
      transaction.update_session(session);
      transaction.append(storage::session_event("authorized", session));
    });
  }
  void show_picture(const Started& started, std::string png) {
    change(started, [png](storage::Transaction& transaction, storage::Session& session) {
      transaction.show_picture(session.id, png, transaction.now() + std::chrono::seconds(30));
      transaction.announce({"session.picture", "session/" + session.id, {}});
    });
  }

  static constexpr std::string_view binding = "0123456789abcdef";
  std::string ada;
  live::Guesses guesses;
  handlers::callback::Lines look_ups;
  handlers::Places streams{live::most_streams_of_a_ticket};

 private:
  boost::asio::awaitable<void> carry_out(std::shared_ptr<Pending> pending) {
    const live::Services services{*store, hub, settings, metrics, guesses, look_ups, streams};
    handlers::Request request;
    request.method = pending->ask.method;
    request.path = pending->ask.path;
    request.origin = pending->ask.origin;
    request.if_none_match = pending->ask.if_none_match;
    request.last_event_id = pending->ask.last_event_id;
    pending->reply = co_await live::handle(services, request, pending->stream);
  }
};

}  // namespace nopassd::testing
