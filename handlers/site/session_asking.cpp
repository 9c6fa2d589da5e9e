// The start of a login for which the daemon asks NoPass itself.
#include "handlers/site/nopass_calls.hpp"
#include "handlers/site/session_start.hpp"

namespace nopassd::handlers::site {

using storage::Transaction;

namespace {

/// What the first transaction leaves for the call and for the second.
struct Reserved {
  std::string session_id;
  storage::Portal portal;
  storage::User user;
};

/// Push bombing: whoever types somebody's login must not make that phone ring without end.
std::optional<Refused> refuse_too_many(Transaction& transaction, const storage::User& user,
                                       const storage::Digest& client, const Settings& settings) {
  constexpr auto window = std::chrono::minutes(10);
  constexpr int clients_of_one_user = 10;
  constexpr unsigned soon = 30;
  const auto starts = transaction.login_starts(user.id, client, transaction.now() - window);
  if (starts.pending >= settings.max_pending) {
    return Refused{429, "too many logins of this user wait for approval (sessions.max_pending)", {}, soon};
  }
  const bool many = starts.of_client >= settings.max_starts ||
                    starts.of_user >= std::int64_t{settings.max_starts} * clients_of_one_user;
  if (!many) return std::nullopt;
  return Refused{429,
                 "too many logins of this user were started in ten minutes (sessions.max_starts)",
                 {},
                 static_cast<unsigned>(std::chrono::seconds(window).count())};
}

Outcome<Reserved> reserve(Transaction& transaction, const SessionWanted& wanted, const Settings& settings) {
  if (auto refusal = refuse_unregistered(transaction)) return std::move(*refusal);
  auto user = find_user(transaction, wanted.whose);
  if (user.has_error()) return user.refused();
  if (auto refusal = refuse_too_many(transaction, *user, wanted.client, settings)) return std::move(*refusal);
  Reserved reserved{transaction.new_id(), transaction.portal(), std::move(*user)};
  transaction.add_login_start({reserved.session_id, reserved.user.id, wanted.client, transaction.now()});
  return reserved;
}

/// What was true before the call may be so no more.
Outcome<SessionRead> record(Transaction& transaction, const Reserved& reserved, const SessionWanted& wanted) {
  const storage::Portal portal = transaction.portal();
  if (portal.state != storage::PortalState::registered || portal.portal_id != reserved.portal.portal_id) {
    return Refused{409, "the portal is not registered"};
  }
  const auto user = transaction.user(reserved.user.id);
  const bool same = user && user->state == storage::UserState::active && user->login_key == reserved.user.login_key;
  if (!same) return Refused{410, "the user is deleted or was renamed"};
  if (transaction.session_by_auth_id(wanted.auth_id)) {
    return Refused{502, "NoPass gave an authId that it has given before; ask again later"};
  }
  transaction.end_login_start(reserved.session_id);
  return add_session(transaction, *user, wanted, reserved.session_id);
}

}  // namespace

SessionStart start_by_asking(const Call& call, SessionWanted wanted) {
  const Services& services = call.services;
  auto reservation = [&wanted, &services](Transaction& transaction) {
    return reserve(transaction, wanted, services.settings);
  };
  auto reserved = co_await call.transact(std::move(reservation));
  if (!reserved) co_return reserved.error();
  if (reserved->has_error()) co_return Outcome<SessionRead>(reserved->refused());
  const Reserved& start = **reserved;

  // Held until the session is there: callbacks that know its authId already wait for it.
  const Counted under_way = services.own_calls->begin();
  auto answer = co_await request_authorization(services, start.portal, start.user.login);
  storage::result<Outcome<SessionRead>> done = Outcome<SessionRead>(answer.refused());
  if (!answer.has_error()) {
    wanted.auth_id = services.store.digest(storage::SecretKind::auth_id, answer->auth_id);
    wanted.png = std::move(answer->png);
    wanted.next_change = answer->next_change;
    auto recording = [&start, &wanted](Transaction& transaction) { return record(transaction, start, wanted); };
    done = co_await call.transact(std::move(recording));
  }
  if (!done || done->has_error()) {
    auto ending = [id = start.session_id](Transaction& transaction) {
      transaction.end_login_start(id);
      return true;
    };
    // Where even this fails, the start is forgotten in ten minutes.
    co_await call.transact(std::move(ending));
  }
  co_return done;
}

}  // namespace nopassd::handlers::site
