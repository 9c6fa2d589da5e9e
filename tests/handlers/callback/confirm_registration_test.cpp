#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConfirmRegistration : public CallbackTest {
 protected:
  void challenge() {
    open_window();
    send({"ConfirmPreRegistration", good_body(0)});
    take_events();
  }
  Reply confirm(std::string_view id, std::string_view token, std::string_view caller = console) {
    const json::value body = {{"portalId", id}, {"authToken", token}};
    return send({.path = "ConfirmRegistration", .body = json::serialize(body), .caller = std::string(caller)});
  }
};

const json::value answer = {{"sCode", s_code}};

TEST_F(ConfirmRegistration, RegistersThePortalAndClosesTheWindow) {
  challenge();
  const json::value body = {{"portalId", portal_id}, {"authToken", auth_token}, {"settings", "{\"a\":1}"}};
  expect_result(post("ConfirmRegistration", json::serialize(body)), answer);
  const storage::Portal now = portal();
  EXPECT_EQ(now.state, storage::PortalState::registered);
  EXPECT_EQ(now.portal_id, portal_id);
  EXPECT_EQ(now.auth_token, auth_token);
  EXPECT_EQ(now.settings, "{\"a\":1}");
  EXPECT_EQ(now.registered_by, console);
  EXPECT_EQ(now.registered_at, store.clock.now());
  EXPECT_FALSE(now.window);
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "portal.registered");
  EXPECT_EQ(json::parse(events[0].data), (json::value{{"caller", console}}));
}

TEST_F(ConfirmRegistration, IsNotFoundWithoutWindowOrChallenge) {
  expect_nothing_here(confirm(portal_id, auth_token));
  open_window();
  expect_nothing_here(confirm(portal_id, auth_token));
  EXPECT_EQ(portal().state, storage::PortalState::unregistered);
}

TEST_F(ConfirmRegistration, IsNotFoundTenMinutesAfterTheChallenge) {
  challenge();
  store.clock.advance(std::chrono::minutes(10));
  expect_nothing_here(confirm(portal_id, auth_token));
  EXPECT_EQ(post("ConfirmPreRegistration", good_body(0)).status, 200U);
  EXPECT_EQ(confirm(portal_id, auth_token).status, 200U);
}

TEST_F(ConfirmRegistration, IsNotFoundAfterTheWindow) {
  open_window();
  store.clock.advance(settings.registration_window - std::chrono::minutes(1));
  post("ConfirmPreRegistration", good_body(0));
  store.clock.advance(std::chrono::minutes(1));
  expect_nothing_here(confirm(portal_id, auth_token));
}

TEST_F(ConfirmRegistration, IsNotFoundAfterANewWindowWithoutANewChallenge) {
  challenge();
  open_window();
  expect_nothing_here(confirm(portal_id, auth_token));
}

TEST_F(ConfirmRegistration, WantsTheCallerOfTheChallenge) {
  challenge();
  expect_nothing_here(confirm(portal_id, auth_token, "192.0.2.9"));
  EXPECT_EQ(portal().state, storage::PortalState::unregistered);
  EXPECT_EQ(confirm(portal_id, auth_token).status, 200U);
}

TEST_F(ConfirmRegistration, TakesAnyCallerWhereItMay) {
  settings.same_caller = false;
  challenge();
  EXPECT_EQ(confirm(portal_id, auth_token, "192.0.2.9").status, 200U);
}

TEST_F(ConfirmRegistration, ChecksItsMembers) {
  challenge();
  expect_refusal(confirm("", auth_token), 400, "103");
  expect_refusal(confirm(std::string(257, 'x'), auth_token), 400, "103");
  expect_refusal(confirm(portal_id, std::string(257, 'x')), 400, "103");
  EXPECT_THAT(codes(post("ConfirmRegistration", "{}")), ElementsAre("102", "102"));
  json::object body = json::parse(good_body(1)).as_object();
  body["settings"] = std::string(65537, 'x');
  expect_refusal(post("ConfirmRegistration", json::serialize(body)), 400, "103");
  body["settings"] = std::string(65536, 'x');
  expect_result(post("ConfirmRegistration", json::serialize(body)), answer);
}

TEST_F(ConfirmRegistration, RecognisesARepeatWhateverItsSettings) {
  challenge();
  confirm(portal_id, auth_token);
  take_events();
  store.clock.advance(std::chrono::minutes(9));
  const json::value body = {{"portalId", portal_id}, {"authToken", auth_token}, {"settings", "other"}};
  expect_result(post("ConfirmRegistration", json::serialize(body)), answer);
  EXPECT_EQ(portal().settings, "");
  EXPECT_THAT(take_event_types(), IsEmpty());
}

TEST_F(ConfirmRegistration, RefusesASecondPortal) {
  challenge();
  confirm(portal_id, auth_token);
  store.clock.advance(std::chrono::minutes(10));
  take_events();
  expect_nothing_here(confirm("another", auth_token));
  expect_nothing_here(confirm(portal_id, auth_token));
  EXPECT_EQ(portal().portal_id, portal_id);
  EXPECT_THAT(take_event_types(), IsEmpty());
}

TEST_F(ConfirmRegistration, ThrowsBothAwayWhenASecondOneFollowsAtOnce) {
  for (const auto& [id, token] : {std::pair(std::string("another"), std::string(auth_token)),
                                  std::pair(std::string(portal_id), std::string("another"))}) {
    challenge();
    ASSERT_EQ(confirm(portal_id, auth_token).status, 200U);
    start_session("auth-of-" + id, "jim");
    take_events();
    expect_nothing_here(confirm(id, token));
    const storage::Portal now = portal();
    EXPECT_EQ(now.state, storage::PortalState::unregistered);
    EXPECT_EQ(now.portal_id + now.auth_token + now.settings + now.s_code, "");
    EXPECT_FALSE(now.window);
    EXPECT_THAT(take_event_types(), ElementsAre("session.closed", "portal.registration_attacked"));
    expect_nothing_here(confirm(portal_id, auth_token));
    expect_nothing_here(confirm(id, token));
  }
}

TEST_F(ConfirmRegistration, LetsNobodyElseThrowARegistrationAway) {
  challenge();
  confirm(portal_id, auth_token);
  take_events();
  expect_nothing_here(confirm("another", "another", "192.0.2.9"));
  expect_nothing_here(confirm(portal_id, auth_token, "192.0.2.9"));
  EXPECT_EQ(portal().state, storage::PortalState::registered);
  EXPECT_THAT(take_event_types(), IsEmpty());
}

TEST_F(ConfirmRegistration, RegistersADisabledPortalAgainInAWindow) {
  prepare(10);
  post("DisableService", good_body(10));
  challenge();
  EXPECT_EQ(confirm("new", "newer").status, 200U);
  EXPECT_EQ(portal().state, storage::PortalState::registered);
  EXPECT_EQ(portal().portal_id, "new");
  EXPECT_FALSE(portal().disabled_at);
}

}  // namespace
}  // namespace nopassd::handlers::callback
