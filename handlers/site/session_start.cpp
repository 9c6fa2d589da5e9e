#include "handlers/site/session_start.hpp"

namespace nopassd::handlers::site {

Outcome<storage::User> find_user(storage::Snapshot& snapshot, const WhoseSession& whose) {
  std::optional<storage::User> user;
  if (whose.user_id) user = snapshot.user(*whose.user_id);
  if (whose.external_id) user = snapshot.user_by_external_id(*whose.external_id);
  if (whose.login_key) user = snapshot.user_by_login(*whose.login_key);
  if (!user) return Refused{404, "no such user"};
  if (user->state != storage::UserState::active) return Refused{410, "the user is deleted"};
  return std::move(*user);
}

std::optional<Refused> refuse_unregistered(storage::Snapshot& snapshot) {
  if (snapshot.portal().state == storage::PortalState::registered) return std::nullopt;
  return Refused{409, "the portal is not registered"};
}

namespace {

storage::Session session_of(const storage::User& user, const SessionWanted& wanted, storage::TimePoint now) {
  storage::Session session;
  session.auth_id = wanted.auth_id;
  session.user_id = user.id;
  session.external_id = user.external_id;
  session.login = user.login;
  session.login_key = user.login_key;
  session.binding = wanted.binding;
  session.ticket = wanted.ticket;
  session.started_at = now;
  session.expires_at = now + wanted.lifetime;
  return session;
}

void show_first_picture(storage::Transaction& transaction, SessionRead& read, const SessionWanted& wanted) {
  const storage::TimePoint next = transaction.now() + wanted.next_change;
  const auto version = transaction.show_picture(read.session.id, wanted.png, next);
  read.picture = storage::Picture{version.value_or(1), next, {}};
  storage::LiveEvent live{"session.picture", "session/" + read.session.id, {}};
  live.data["sessionId"] = read.session.id;
  live.data["pictureVersion"] = read.picture->version;
  live.data["nextChangeAt"] = storage::format_time(next);
  transaction.announce(std::move(live));
}

}  // namespace

SessionRead add_session(storage::Transaction& transaction, const storage::User& user, const SessionWanted& wanted,
                        std::string id) {
  SessionRead read{session_of(user, wanted, transaction.now()), storage::SessionState::pending, std::nullopt};
  read.session.id = std::move(id);
  transaction.add_session(read.session);
  transaction.append(storage::session_event("started", read.session));
  if (!wanted.png.empty()) show_first_picture(transaction, read, wanted);
  return read;
}

}  // namespace nopassd::handlers::site
