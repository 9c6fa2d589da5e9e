// Callback 4: may this user be registered here?
#include "handlers/callback/ask.hpp"
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

struct Candidate {
  storage::Digest otp{};
  Login login;
  storage::Profile profile;
};

Outcome login_exists() { return verdict_no("108", "login already exists"); }
Outcome site_refused() { return verdict_no("111", "the site refused"); }
// The site has not told of the otp.
Outcome unannounced() {
  Outcome outcome = site_refused();
  outcome.unknown = true;
  return outcome;
}
Outcome allowed(const Registration& registration) { return done(true, "validated, registration " + registration.id); }
Outcome said_no(const Registration& registration) {
  return registration.refusal == "108" ? login_exists() : site_refused();
}

// Why a registration that the site started is refused: an error code, empty for none.
std::string refusal_of(Transaction& transaction, const Registration& registration, const Candidate& candidate) {
  if (!registration.login_key.empty() && registration.login_key != candidate.login.key) return "111";
  const auto holder = transaction.user_by_login(candidate.login.key);
  if (!holder || holder->id == registration.user_id) return "";
  const bool meant = !registration.external_id.empty() && holder->external_id == registration.external_id;
  return meant ? "" : "108";
}

Outcome judge(Transaction& transaction, Registration registration, const Candidate& candidate) {
  registration.asked_login_key = candidate.login.key;
  registration.refusal = refusal_of(transaction, registration, candidate);
  if (!registration.refusal.empty()) {
    storage::end_registration(transaction, registration, RegistrationState::refused);
    return said_no(registration);
  }
  registration.state = RegistrationState::validated;
  if (registration.login_key.empty()) {
    registration.login = candidate.login.text;
    registration.login_key = candidate.login.key;
  }
  overlay(registration.profile, candidate.profile);
  transaction.update_registration(registration);
  transaction.append(storage::registration_event("validated", registration));
  return allowed(registration);
}

Outcome decide_known(Transaction& transaction, Registration registration, const Candidate& candidate) {
  // Confirmed without having been asked about: callback 5 was faster.
  const bool answered = !registration.asked_login_key.empty() || registration.state == RegistrationState::confirmed;
  if (answered) {
    const std::string& asked =
        registration.asked_login_key.empty() ? registration.login_key : registration.asked_login_key;
    if (asked != candidate.login.key) return refused("116", "otp was used before with another login");
    return registration.refusal.empty() ? allowed(registration) : said_no(registration);
  }
  if (storage::effective_state(registration, transaction.now()) != RegistrationState::started) return unknown_otp();
  return judge(transaction, std::move(registration), candidate);
}

Outcome add(Transaction& transaction, const Candidate& candidate, Milliseconds lifetime) {
  Registration registration;
  registration.id = transaction.new_id();
  registration.otp = candidate.otp;
  registration.state = RegistrationState::validated;
  registration.started_by = Party::nopass;
  registration.login = candidate.login.text;
  registration.login_key = candidate.login.key;
  registration.asked_login_key = candidate.login.key;
  registration.profile = candidate.profile;
  registration.started_at = transaction.now();
  registration.expires_at = transaction.now() + lifetime;
  transaction.add_registration(registration);
  transaction.append(storage::registration_event("validated", registration));
  return allowed(registration);
}

Outcome decide(Transaction& transaction, Consent consent, const Candidate& candidate, Milliseconds lifetime) {
  if (auto wrong = not_this_portal(transaction, {})) return *wrong;
  auto known = transaction.registration_by_otp(candidate.otp);
  if (known) return decide_known(transaction, std::move(*known), candidate);
  if (transaction.user_by_login(candidate.login.key)) return login_exists();
  if (allows(consent)) return add(transaction, candidate, lifetime);
  if (refuses(consent)) return unannounced();
  Outcome outcome;
  outcome.asks = "";
  return outcome;
}

Enquiry enquiry_about(const Call& call, std::string_view otp, const Candidate& candidate) {
  Enquiry enquiry;
  enquiry.callback = names[3];
  std::string content(enquiry.callback);
  content.append("\n").append(otp).append("\n").append(candidate.login.key);
  enquiry.key = call.digest(storage::SecretKind::request, content);
  enquiry.members = members_of(candidate.profile);
  enquiry.members["login"] = candidate.login.text;
  enquiry.repeats_get_verdict = true;
  return enquiry;
}

}  // namespace

asio::awaitable<Outcome> validate_user_registration(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  auto candidate = std::make_shared<Candidate>();
  const std::string otp = members.required_text("otp", text_limit);
  candidate->login = members.required_login("login");
  candidate->profile = read_profile(members);
  if (!faults.empty()) co_return refused(std::move(faults));

  candidate->otp = call.digest(storage::SecretKind::otp, otp);
  const Key key{Key::Kind::otp, candidate->otp};
  EarlyCall early(call, key);
  co_await early.turn();
  co_await early.known();
  Enquiry enquiry = enquiry_about(call, otp, *candidate);
  const Settings& settings = call.services.settings;
  Decide work = [candidate, lifetime = settings.registration_lifetime](Transaction& transaction, Consent consent) {
    return decide(transaction, consent, *candidate, lifetime);
  };
  Outcome outcome =
      co_await decide_with_site(call, settings.validate_user_registration, std::move(enquiry), std::move(work));
  if (outcome.unknown) call.services.metrics.otps_refused.add();
  co_return outcome;
}

}  // namespace nopassd::handlers::callback
