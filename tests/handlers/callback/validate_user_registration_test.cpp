#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using storage::RegistrationState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ValidateUserRegistration : public CallbackTest {
 protected:
  void SetUp() override { register_portal(); }
  Reply ask(std::string_view login = "jim", std::string_view otp = "otp-1") {
    return post("ValidateUserRegistration", json::serialize(json::object{{"otp", otp}, {"login", login}}));
  }
  void started(std::string_view login = "jim", std::string external_id = {}) {
    start_registration("otp-1", login, std::move(external_id));
    take_events();
  }
};

void expect_no(const Reply& reply, std::string_view code) {
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(parsed(reply).at("result"), json::value(false));
  EXPECT_THAT(codes(reply), ElementsAre(std::string(code)));
}

TEST_F(ValidateUserRegistration, AllowsTheLoginThatTheSiteNamed) {
  started();
  const json::value body = {{"otp", "otp-1"}, {"login", "JIM"}, {"givenName", "Jim"}, {"email", "Jim@example.org"}};
  expect_result(post("ValidateUserRegistration", json::serialize(body)), true);
  const auto now = registration("otp-1");
  EXPECT_EQ(now->state, RegistrationState::validated);
  EXPECT_EQ(now->profile.given_name, "Jim");
  EXPECT_EQ(now->profile.email, "Jim@example.org");
  EXPECT_EQ(now->login, "jim");
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "registration.validated");
  EXPECT_EQ(json::parse(events[0].data), (json::value{{"registrationId", now->id}, {"by", "site"}}));
}

TEST_F(ValidateUserRegistration, RefusesAnotherLoginThanTheSites) {
  started();
  expect_no(ask("ann"), "111");
  EXPECT_EQ(registration("otp-1")->state, RegistrationState::refused);
  EXPECT_EQ(registration("otp-1")->ended_at, store.clock.now());
  EXPECT_THAT(take_event_types(), ElementsAre("registration.refused"));
  expect_no(ask("ann"), "111");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ValidateUserRegistration, RefusesALoginThatSomebodyElseHas) {
  started();
  add_user("jim");
  expect_no(ask(), "108");
  expect_no(ask(), "108");
  EXPECT_THAT(take_event_types(), ElementsAre("registration.refused"));
}

TEST_F(ValidateUserRegistration, AllowsTheLoginOfTheVeryUserThatTheSiteMeant) {
  add_user("jim", "crm-7");
  started("jim", "crm-7");
  expect_result(ask(), true);
}

TEST_F(ValidateUserRegistration, WantsTheSameLoginForTheSameOtp) {
  started();
  ask();
  take_events();
  expect_refusal(ask("ann"), 400, "116");
  expect_result(ask(), true);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ValidateUserRegistration, IsTooLateForAnExpiredOtp) {
  started();
  store.clock.advance(settings.registration_lifetime);
  expect_refusal(ask(), 404, "106");
  EXPECT_EQ(registration("otp-1")->asked_login_key, "");
}

TEST_F(ValidateUserRegistration, RepeatsTheRecordedVerdictEvenLater) {
  started();
  ask();
  post("ConfirmUserRegistration", good_body(4));
  store.clock.advance(settings.registration_lifetime);
  take_events();
  expect_result(ask(), true);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ValidateUserRegistration, AgreesWithAConfirmationThatWasFaster) {
  started();
  post("ConfirmUserRegistration", good_body(4));
  expect_result(ask(), true);
  expect_refusal(ask("ann"), 400, "116");
}

TEST_F(ValidateUserRegistration, DeniesWhatNoPassStartsByDefault) {
  expect_no(ask(), "111");
  EXPECT_FALSE(registration("otp-1"));
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ValidateUserRegistration, AcceptsWhatNoPassStartsByPolicy) {
  settings.validate_user_registration = Policy::accept;
  expect_result(ask("Jim"), true);
  const auto now = registration("otp-1");
  EXPECT_EQ(now->state, RegistrationState::validated);
  EXPECT_EQ(now->started_by, storage::Party::nopass);
  EXPECT_EQ(now->login, "Jim");
  EXPECT_EQ(now->expires_at, store.clock.now() + settings.registration_lifetime);
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "registration.validated");
  EXPECT_EQ(json::parse(events[0].data).at("by"), json::value("nopass"));
  expect_refusal(ask("ann"), 400, "116");
}

TEST_F(ValidateUserRegistration, RefusesAnExistingLoginWhateverThePolicy) {
  add_user("jim");
  for (const Policy policy : {Policy::accept, Policy::deny, Policy::ask}) {
    settings.validate_user_registration = policy;
    expect_no(ask(), "108");
  }
  EXPECT_FALSE(registration("otp-1"));
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ValidateUserRegistration, ChecksItsMembers) {
  EXPECT_THAT(codes(post("ValidateUserRegistration", "{}")), ElementsAre("102", "102"));
  for (const char* name : {"otp", "givenName", "surName", "phoneNumber", "email", "login", "profileImageUrl"}) {
    json::object body = {{"otp", "otp-1"}, {"login", "jim"}};
    body[name] = std::string(2085, 'x');
    expect_refusal(post("ValidateUserRegistration", json::serialize(body)), 400, "103");
    body[name] = std::string(2084, 'x');
    EXPECT_EQ(post("ValidateUserRegistration", json::serialize(body)).status, 200U) << name;
  }
  expect_refusal(ask(" jim"), 400, "103");
}

TEST_F(ValidateUserRegistration, CountsTheOtpsThatItDoesNotKnowAndRefuses) {
  settings.validate_user_registration = Policy::deny;
  expect_no(ask(), "111");
  EXPECT_EQ(metrics.otps_refused.value(), 1U);
  started();
  expect_no(ask("ann"), "111");
  EXPECT_EQ(metrics.otps_refused.value(), 1U) << "this one is known";
  store.clock.advance(settings.registration_lifetime);
  start_registration("otp-2", "bob");
  store.clock.advance(settings.registration_lifetime);
  expect_refusal(ask("bob", "otp-2"), 404, "106");
  EXPECT_EQ(metrics.otps_refused.value(), 2U) << "expired";
}

}  // namespace
}  // namespace nopassd::handlers::callback
