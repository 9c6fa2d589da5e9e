// Redemption of sessions and registrations: docs/site-api.md, "Redeeming". Whoever shows the ticket from the same
// browser learns who has come, once, and again for a moment in case the answer was lost.
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/tickets.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Milliseconds;
using storage::RegistrationState;
using storage::Session;
using storage::SessionState;
using storage::TimePoint;

namespace {

constexpr Milliseconds repeats_are_answered{30'000};

Refused wrong_proof() { return {403, "the ticket or the binding is wrong"}; }

bool is_repeat(const std::optional<TimePoint>& redeemed_at, TimePoint now) {
  return redeemed_at && now - *redeemed_at <= repeats_are_answered;
}

json::object redeemed_view(const storage::User& user, std::string_view when, std::optional<TimePoint> time) {
  json::object view{{"userId", user.id}};
  if (!user.external_id.empty()) view["externalId"] = user.external_id;
  view["login"] = user.login;
  if (time) view[when] = storage::format_time(*time);
  return view;
}

/// The user that a session or registration was pinned to; nothing when he was renamed or deleted since.
std::optional<storage::User> pinned_user(storage::Snapshot& snapshot, std::string_view id, std::string_view login_key) {
  auto user = snapshot.user(id);
  const bool same = user && user->state == storage::UserState::active && user->login_key == login_key;
  if (!same) return std::nullopt;
  return user;
}

Outcome<json::object> redeem(storage::Transaction& transaction, const std::optional<std::string>& id,
                             const Proof& proof, Milliseconds open_lifetime) {
  const TimePoint now = transaction.now();
  auto session = id ? transaction.session(*id) : std::nullopt;
  if (!session) return Refused{404, "no such session"};
  if (!proves(proof, session->ticket, session->binding)) return wrong_proof();
  const SessionState state = storage::effective_state(*session, now);
  if (storage::is_final(state)) return Refused{410, "the session is " + std::string(storage::name_of(state))};
  const auto user = pinned_user(transaction, session->user_id, session->login_key);
  if (!user) return Refused{410, "the user was renamed or deleted since the login began"};
  if (state == SessionState::pending) return Refused{409, "the session is pending: the user has not approved yet"};
  if (state == SessionState::open && !is_repeat(session->redeemed_at, now)) {
    return Refused{409, "the session was redeemed before"};
  }
  if (state == SessionState::authorized) {
    session->state = SessionState::open;
    session->redeemed_at = now;
    session->expires_at = now + open_lifetime;
    transaction.update_session(*session);
    transaction.append(storage::session_event("redeemed", *session));
  }
  return redeemed_view(*user, "authorizedAt", session->decided_at);
}

Outcome<json::object> redeem_enrolment(storage::Transaction& transaction, const std::optional<std::string>& id,
                                       const Proof& proof) {
  const TimePoint now = transaction.now();
  auto registration = id ? transaction.registration(*id) : std::nullopt;
  if (!registration) return Refused{404, "no such registration"};
  if (!proves(proof, registration->ticket, registration->binding)) return wrong_proof();
  const RegistrationState state = storage::effective_state(*registration, now);
  const bool over = state == RegistrationState::confirmed && registration->expires_at <= now;
  if (over || state == RegistrationState::refused || state == RegistrationState::expired) {
    return Refused{410, over ? "the registration was confirmed too long ago"
                             : "the registration is " + std::string(storage::name_of(state))};
  }
  if (state != RegistrationState::confirmed) {
    return Refused{409, "the registration is " + std::string(storage::name_of(state)) + ": not confirmed yet"};
  }
  const auto user = pinned_user(transaction, registration->user_id, registration->login_key);
  if (!user) return Refused{410, "the user was renamed or deleted since the registration"};
  if (registration->redeemed_at && !is_repeat(registration->redeemed_at, now)) {
    return Refused{409, "the registration was redeemed before"};
  }
  if (!registration->redeemed_at) {
    registration->redeemed_at = now;
    transaction.update_registration(*registration);
  }
  return redeemed_view(*user, "confirmedAt", registration->ended_at);
}

Reply answer(storage::result<Outcome<json::object>> done) {
  if (auto refusal = failure(done)) return std::move(*refusal);
  Reply reply = json_reply(200, **done);
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

}  // namespace

asio::awaitable<Reply> redeem_session(Call& call) {
  const auto proof = proof_members(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [id = uuid_from(call.path.front()), proof = *proof,
               open_lifetime = call.services.settings.session_open_lifetime](storage::Transaction& transaction) {
    return redeem(transaction, id, proof, open_lifetime);
  };
  auto done = co_await call.transact(std::move(work));
  co_return answer(std::move(done));
}

asio::awaitable<Reply> redeem_registration(Call& call) {
  const auto proof = proof_members(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [id = uuid_from(call.path.front()), proof = *proof](storage::Transaction& transaction) {
    return redeem_enrolment(transaction, id, proof);
  };
  auto done = co_await call.transact(std::move(work));
  co_return answer(std::move(done));
}

}  // namespace nopassd::handlers::site
