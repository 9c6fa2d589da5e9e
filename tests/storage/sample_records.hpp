#pragma once
// Records with every member set, each made different by `number`.
#include "storage/names.hpp"
#include "storage/records.hpp"

#include <fmt/format.h>

namespace nopassd::testing {

using namespace nopassd::storage;  // NOLINT: helpers of the storage tests
inline std::string sample_id(int number) { return fmt::format("00000000-0000-4000-8000-{:012}", number); }
inline Digest sample_digest(std::string_view what, int number) { return sha256(fmt::format("{} {}", what, number)); }
inline TimePoint sample_time(std::int64_t seconds = 0) {
  return TimePoint{Milliseconds{1767225600000 + seconds * 1000}};
}

inline Session sample_session(int number = 1) {
  Session session;
  session.id = sample_id(number);
  session.auth_id = sample_digest("auth id", number);
  session.user_id = sample_id(1000 + number);
  session.external_id = fmt::format("external-{}", number);
  session.login = fmt::format("John{}@Doe.com", number);
  session.login_key = login_key(session.login);
  session.state = SessionState::pending;
  session.verdict = true;
  session.reason = "because";
  session.started_by = Party::nopass;
  session.binding = sample_digest("binding", number);
  session.ticket = sample_digest("ticket", number);
  session.started_at = sample_time();
  session.expires_at = sample_time(360);
  session.decided_at = sample_time(5);
  session.ended_at = sample_time(7);
  return session;
}

inline Profile sample_profile(int number = 1) {
  return {fmt::format("Given{}", number),        fmt::format("Sur{}", number),        fmt::format("+7 {}", number),
          fmt::format("Mail{}@Doe.com", number), fmt::format("https://x/{}", number), "de-AT"};
}

inline Registration sample_registration(int number = 1) {
  Registration registration;
  registration.id = sample_id(number);
  registration.otp = sample_digest("otp", number);
  registration.state = RegistrationState::validated;
  registration.started_by = Party::nopass;
  registration.user_id = sample_id(1000 + number);
  registration.external_id = fmt::format("external-{}", number);
  registration.login = fmt::format("John{}@Doe.com", number);
  registration.login_key = login_key(registration.login);
  registration.asked_login_key = fmt::format("asked{}", number);
  registration.refusal = "111";
  registration.profile = sample_profile(number);
  registration.binding = sample_digest("binding", number);
  registration.ticket = sample_digest("ticket", number);
  registration.started_at = sample_time();
  registration.expires_at = sample_time(600);
  registration.ended_at = sample_time(9);
  return registration;
}

inline User sample_user(int number = 1) {
  User user;
  user.id = sample_id(1000 + number);
  user.external_id = fmt::format("external-{}", number);
  user.login = fmt::format("John{}@Doe.com", number);
  user.login_key = login_key(user.login);
  user.profile = sample_profile(number);
  user.forbidden_store = {{"email", true}, {"phoneNumber", false}};
  user.state = UserState::active;
  user.uses_email_as_login = true;
  user.created_at = sample_time();
  user.deleted_at = sample_time(11);
  user.erase_at = sample_time(12);
  user.ask_nopass_at = sample_time(13);
  user.nopass_asked = 3;
  return user;
}

inline Portal sample_portal() {
  Portal portal;
  portal.state = PortalState::registered;
  portal.portal_id = "portal id";
  portal.auth_token = "auth token";
  portal.settings = R"({"a":1})";
  portal.s_code = "S3cret";
  portal.registered_by = "192.0.2.1";
  portal.registered_at = sample_time(1);
  portal.disabled_at = sample_time(2);
  portal.window = Window{"admin", "W1ndow", sample_time(3), sample_time(900), Challenge{"192.0.2.2", sample_time(4)}};
  return portal;
}

inline Question sample_question(int number = 1) {
  Question question;
  question.id = sample_id(number);
  question.key = sample_digest("question", number);
  question.callback = "UpdateUser";
  question.user_id = sample_id(1000 + number);
  question.members = {{"email", "new@doe.com"}, {"givenName", "Quo\"te\n"}};
  question.state = QuestionState::open;
  question.verdict = false;
  question.reason = "no";
  question.asked_at = sample_time();
  question.deadline = sample_time(5);
  return question;
}

inline Consumer sample_consumer() {
  return {"site", "uid 1000", {"session.closed", "user.added"}, 3, 7, sample_time(), true};
}

}  // namespace nopassd::testing
