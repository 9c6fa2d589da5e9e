// Callback 6: the user has said yes or no on the phone.
#include "handlers/callback/callback_table.hpp"
#include "handlers/callback/late_knowledge.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::callback {

namespace {

using storage::Session;
using storage::SessionState;
using storage::Transaction;

struct Verdict {
  storage::Digest auth_id{};
  bool authorized = false;
  std::string reason;
};

Outcome record(Transaction& transaction, Session session, const Verdict& verdict) {
  session.verdict = verdict.authorized;
  session.decided_at = transaction.now();
  if (verdict.authorized) {
    session.state = SessionState::authorized;
    transaction.update_session(session);
    transaction.append(storage::session_event("authorized", session));
    return done(true, "authorized, session " + session.id);
  }
  session.reason = verdict.reason;
  storage::end_session(transaction, session, SessionState::denied, storage::Party::nopass);
  return done(true, "denied, session " + session.id);
}

Outcome decide(Transaction& transaction, const Verdict& verdict) {
  if (auto wrong = not_this_portal(transaction, {})) return *wrong;
  auto session = transaction.session_by_auth_id(verdict.auth_id);
  if (!session) return unknown_auth_id();
  if (session->verdict) {
    if (*session->verdict == verdict.authorized) return done(true, "verdict repeated, session " + session->id);
    return refused("109", "the session has the opposite verdict already");
  }
  if (storage::effective_state(*session, transaction.now()) != SessionState::pending) {
    return refused("109", "the session is already ended");
  }
  return record(transaction, std::move(*session), verdict);
}

}  // namespace

asio::awaitable<Outcome> authorized_user(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  const std::string auth_id = members.required_text("authId", key_limit);
  Verdict verdict;
  verdict.authorized = members.required_boolean("isAuthorized");
  verdict.reason = members.text("reason", text_limit).value_or("");
  if (!faults.empty()) co_return refused(std::move(faults));

  verdict.auth_id = call.digest(storage::SecretKind::auth_id, auth_id);
  const Key key{Key::Kind::auth_id, verdict.auth_id};
  Work work = [verdict](Transaction& transaction) { return decide(transaction, verdict); };
  co_return co_await commit_patiently(call, key, std::move(work));
}

}  // namespace nopassd::handlers::callback
