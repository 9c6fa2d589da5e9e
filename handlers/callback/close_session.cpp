// Callback 10: the user has logged out with the phone.
#include "handlers/callback/callback_table.hpp"
#include "handlers/callback/late_knowledge.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::callback {

namespace {

using storage::SessionState;
using storage::Transaction;

struct Closing {
  storage::Digest auth_id{};
  std::string portal_id;
  std::string login_key;  // empty: not given, which never means everybody's
};

Outcome close(Transaction& transaction, const Closing& closing) {
  if (auto wrong = not_this_portal(transaction, closing.portal_id)) return *wrong;
  auto session = transaction.session_by_auth_id(closing.auth_id);
  if (!session) return unknown_auth_id();
  if (!closing.login_key.empty() && closing.login_key != session->login_key) {
    return refused("103", "userId is not the session's login");
  }
  const SessionState state = storage::effective_state(*session, transaction.now());
  if (state == SessionState::closed) return done(true, "close repeated, session " + session->id);
  if (storage::is_final(state)) return refused("109", "the session is already ended");
  storage::end_session(transaction, *session, SessionState::closed, storage::Party::nopass);
  return done(true, "closed, session " + session->id);
}

}  // namespace

asio::awaitable<Outcome> close_session(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  Closing closing;
  closing.portal_id = members.required_portal_id(*call.portal);
  const std::string auth_id = members.required_text("authId", key_limit);
  closing.login_key = members.login("userId").key;
  if (!faults.empty()) co_return refused(std::move(faults));

  closing.auth_id = call.digest(storage::SecretKind::auth_id, auth_id);
  const Key key{Key::Kind::auth_id, closing.auth_id};
  Work work = [closing](Transaction& transaction) { return close(transaction, closing); };
  co_return co_await commit_patiently(call, key, std::move(work));
}

}  // namespace nopassd::handlers::callback
