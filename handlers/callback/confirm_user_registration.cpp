// Callback 5: the user has finished the registration at NoPass. It logs nobody in.
#include "handlers/callback/callback_table.hpp"
#include "handlers/callback/late_knowledge.hpp"
#include "handlers/callback/profile.hpp"
#include "storage/lifecycle.hpp"

#include <memory>

namespace nopassd::handlers::callback {

namespace {

using storage::Milliseconds;
using storage::Party;
using storage::Registration;
using storage::RegistrationState;
using storage::Transaction;
using storage::User;

struct Confirmation {
  storage::Digest otp{};
  std::string portal_id;
  std::optional<storage::Digest> auth_id;  // with a session
  std::string session_login_key;
  Milliseconds registration_lifetime{};
  Milliseconds session_lifetime{};
};

// Found user, or why there is none for this registration.
struct Holder {
  std::optional<User> user;
  std::optional<Outcome> refusal;
};

// What the start of the registration made sure of can have changed since: another login or another key of the site's is
// nobody's to take by the way.
bool still_fits(Transaction& transaction, const User& user, const Registration& registration) {
  const std::string& key = registration.external_id;
  if (user.login_key != registration.login_key) return false;
  if (key.empty() || user.external_id == key) return true;
  return user.external_id.empty() && !transaction.user_by_external_id(key);
}

// Only a user that the site named is linked; a login that somebody else holds is nobody's to take.
Holder holder_of(Transaction& transaction, const Registration& registration) {
  Holder holder;
  if (!registration.user_id.empty()) {
    holder.user = transaction.user(registration.user_id);
    if (!holder.user || holder.user->state != storage::UserState::active) return {std::nullopt, unknown_user()};
  } else if (!registration.external_id.empty()) {
    holder.user = transaction.user_by_external_id(registration.external_id);
  }
  const auto of_login = transaction.user_by_login(registration.login_key);
  if (of_login && (!holder.user || holder.user->id != of_login->id)) {
    return {std::nullopt, refused("108", "login already exists")};
  }
  if (holder.user && !still_fits(transaction, *holder.user, registration)) {
    return {std::nullopt, refused("108", "the user has another login or externalId by now")};
  }
  return holder;
}

User create(Transaction& transaction, const Registration& registration) {
  User user;
  user.id = transaction.new_id();
  user.external_id = registration.external_id;
  user.login = registration.login;
  user.login_key = registration.login_key;
  user.profile = registration.profile;
  user.created_at = transaction.now();
  transaction.add_user(user);
  return user;
}

User link(Transaction& transaction, User user, const Registration& registration) {
  storage::Profile profile = registration.profile;
  overlay(profile, user.profile);
  user.profile = std::move(profile);
  if (user.external_id.empty()) user.external_id = registration.external_id;
  transaction.update_user(user);
  return user;
}

void add_session(Transaction& transaction, const User& user, const Confirmation& confirmation) {
  storage::Session session;
  session.id = transaction.new_id();
  session.auth_id = *confirmation.auth_id;
  session.user_id = user.id;
  session.external_id = user.external_id;
  session.login = user.login;
  session.login_key = user.login_key;
  session.state = storage::SessionState::open;
  session.started_by = Party::nopass;
  session.started_at = transaction.now();
  session.expires_at = transaction.now() + confirmation.session_lifetime;
  transaction.add_session(session);
}

void finish(Transaction& transaction, Registration registration, const User& user, Milliseconds lifetime) {
  registration.user_id = user.id;
  registration.external_id = user.external_id;
  // The site has the same time again to redeem it.
  registration.expires_at = transaction.now() + lifetime;
  storage::end_registration(transaction, registration, RegistrationState::confirmed);
  storage::EventDraft event = storage::user_event("registered", user);
  event.data["registrationId"] = registration.id;
  transaction.append(std::move(event));
  // The event is told under the user; whoever watches the registration is woken by this.
  transaction.announce({"registration.confirmed", "registration/" + registration.id, {}});
}

std::optional<Outcome> refusal(Transaction& transaction, const Registration& registration,
                               const Confirmation& confirmation) {
  if (confirmation.auth_id && confirmation.session_login_key != registration.login_key) {
    return refused("116", "session.login is not the registration's");
  }
  const RegistrationState state = storage::effective_state(registration, transaction.now());
  if (state == RegistrationState::confirmed) return done("OK", "confirmed before, registration " + registration.id);
  if (state == RegistrationState::expired) return unknown_otp();
  if (state == RegistrationState::refused) return refused("111", "the site refused");
  if (confirmation.auth_id && transaction.session_by_auth_id(*confirmation.auth_id)) {
    return refused("116", "session.authId was used before");
  }
  return std::nullopt;
}

Outcome confirm(Transaction& transaction, const Confirmation& confirmation) {
  if (auto wrong = not_this_portal(transaction, confirmation.portal_id)) return *wrong;
  const auto registration = transaction.registration_by_otp(confirmation.otp);
  if (!registration) return unknown_otp();
  if (auto early = refusal(transaction, *registration, confirmation)) return *early;
  Holder holder = holder_of(transaction, *registration);
  if (holder.refusal) return *holder.refusal;
  const User user =
      holder.user ? link(transaction, std::move(*holder.user), *registration) : create(transaction, *registration);
  if (confirmation.auth_id) add_session(transaction, user, confirmation);
  finish(transaction, *registration, user, confirmation.registration_lifetime);
  return done("OK", "confirmed, registration " + registration->id);
}

void read_session(const Call& call, Members& members, Faults& faults, Confirmation& confirmation) {
  const boost::json::object* session = members.object("session");
  if (session == nullptr) return;
  Members inner(*session, faults, "session.");
  const std::string auth_id = inner.required_text("authId", key_limit);
  confirmation.session_login_key = inner.required_login("login").key;
  confirmation.auth_id = call.digest(storage::SecretKind::auth_id, auth_id);
}

}  // namespace

asio::awaitable<Outcome> confirm_user_registration(const Call& call, const Body& body) {
  const Settings& settings = call.services.settings;
  Faults faults = body.faults;
  Members members(body.members, faults);
  Confirmation confirmation;
  const std::string otp = members.required_text("otp", text_limit);
  // The vendor's sample portal does not ask for it.
  const bool lenient = settings.reply_style == ReplyStyle::sample;
  confirmation.portal_id = lenient ? members.portal_id(*call.portal) : members.required_portal_id(*call.portal);
  read_session(call, members, faults, confirmation);
  if (!faults.empty()) co_return refused(std::move(faults));

  confirmation.otp = call.digest(storage::SecretKind::otp, otp);
  confirmation.registration_lifetime = settings.registration_lifetime;
  confirmation.session_lifetime = settings.session_open_lifetime;
  const Key key{Key::Kind::otp, confirmation.otp};
  Work work = [confirmation](Transaction& transaction) { return confirm(transaction, confirmation); };
  co_return co_await commit_patiently(call, key, std::move(work));
}

}  // namespace nopassd::handlers::callback
