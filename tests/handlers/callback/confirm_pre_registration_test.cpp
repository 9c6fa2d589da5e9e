#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ConfirmPreRegistration = CallbackTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string body(std::string_view admin, std::string_view r = "7") {
  return R"({"adminId":")" + std::string(admin) + R"(","r":)" + std::string(r) + "}";
}

TEST_F(ConfirmPreRegistration, RemembersTheChallengeAndItsCaller) {
  open_window();
  const Reply reply = post("ConfirmPreRegistration", body(admin_id));
  EXPECT_EQ(parsed(reply).at("result"), (json::value{{"adminId", admin_id}, {"sCode", s_code}, {"r", 8}}));
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "portal.challenged");
  EXPECT_EQ(events[0].subject, "portal");
  EXPECT_EQ(json::parse(events[0].data), (json::value{{"caller", console}}));
  EXPECT_EQ(portal().window->challenge->caller, console);
  EXPECT_EQ(portal().window->challenge->at, store.clock.now());
}

TEST_F(ConfirmPreRegistration, AddsOneToAnyRInRange) {
  open_window();
  for (const auto& [r, next] : {std::pair("0", 1LL), std::pair("2147483646", 2147483647LL),
                                std::pair("\"00000041\"", 42LL), std::pair("99999999", 100000000LL)}) {
    EXPECT_EQ(parsed(post("ConfirmPreRegistration", body(admin_id, r))).at("result").at("r"), json::value(next));
  }
  for (const char* r : {"-1", "2147483647", "\"-1\"", "1.5", "1e99"}) {
    expect_refusal(post("ConfirmPreRegistration", body(admin_id, r)), 400, "103");
  }
  EXPECT_THAT(take_event_types(), ElementsAre("portal.challenged"));
}

TEST_F(ConfirmPreRegistration, IsNotFoundWithoutAWindow) {
  expect_nothing_here(post("ConfirmPreRegistration", body(admin_id)));
  open_window();
  store.clock.advance(settings.registration_window - storage::Milliseconds(1));
  EXPECT_EQ(post("ConfirmPreRegistration", body(admin_id)).status, 200U);
  store.clock.advance(storage::Milliseconds(1));
  expect_nothing_here(post("ConfirmPreRegistration", body(admin_id)));
}

TEST_F(ConfirmPreRegistration, IsNotFoundOnARegisteredPortal) {
  register_portal();
  open_window();
  expect_nothing_here(post("ConfirmPreRegistration", body(admin_id)));
}

TEST_F(ConfirmPreRegistration, IsAnsweredByADisabledPortalWithAWindow) {
  prepare(10);
  post("DisableService", good_body(10));
  expect_nothing_here(post("ConfirmPreRegistration", body(admin_id)));
  open_window();
  EXPECT_EQ(post("ConfirmPreRegistration", body(admin_id)).status, 200U);
}

TEST_F(ConfirmPreRegistration, ComparesTheAdminIdToTheLetter) {
  open_window();
  for (const char* wrong : {"jimtheadmin", "JimTheAdmi", "JimTheAdminn", "x"}) {
    const Reply reply = post("ConfirmPreRegistration", body(wrong));
    expect_refusal(reply, 400, "101");
    EXPECT_THAT(messages(reply), ElementsAre("adminId not found"));
    EXPECT_EQ(reply.body.find(s_code), std::string::npos);
  }
  expect_refusal(post("ConfirmPreRegistration", body(std::string(65, 'x'))), 400, "103");
  EXPECT_FALSE(portal().window->challenge);
  EXPECT_THAT(take_event_types(), IsEmpty());
}

TEST_F(ConfirmPreRegistration, ShutsOutACallerWhoGuesses) {
  open_window();
  for (int i = 0; i < 5; ++i) expect_refusal(post("ConfirmPreRegistration", body("guess")), 400, "101");
  EXPECT_THAT(take_event_types(), IsEmpty());
  const Reply reply = post("ConfirmPreRegistration", body("guess"));
  expect_refusal(reply, 429, "113");
  EXPECT_THAT(reply.headers, ElementsAre(::testing::Pair("Retry-After", "900")));
  EXPECT_THAT(take_event_types(), ElementsAre("portal.registration_attacked"));

  expect_refusal(post("ConfirmPreRegistration", body(admin_id)), 429, "113");
  expect_refusal(post("ConfirmPreRegistration", body("guess")), 429, "113");
  EXPECT_THAT(take_event_types(), IsEmpty());
  EXPECT_FALSE(portal().window->challenge);
}

TEST_F(ConfirmPreRegistration, ShutsOutNobodyElse) {
  open_window();
  for (int i = 0; i < 7; ++i) post("ConfirmPreRegistration", body("guess"));
  EXPECT_EQ(send({.path = "ConfirmPreRegistration", .body = body(admin_id), .caller = "192.0.2.9"}).status, 200U);
}

TEST_F(ConfirmPreRegistration, ForgetsTheGuessesWithANewWindow) {
  open_window();
  for (int i = 0; i < 7; ++i) post("ConfirmPreRegistration", body("guess"));
  open_window();
  EXPECT_EQ(post("ConfirmPreRegistration", body(admin_id)).status, 200U);
}

TEST_F(ConfirmPreRegistration, TakesAnyRForARepeat) {
  open_window();
  for (const char* r : {"1", "2", "3"}) EXPECT_EQ(post("ConfirmPreRegistration", body(admin_id, r)).status, 200U);
  EXPECT_THAT(take_event_types(), ElementsAre("portal.challenged"));
}

TEST_F(ConfirmPreRegistration, IsAnewWhenTheLastOneNoLongerCounts) {
  open_window();
  post("ConfirmPreRegistration", body(admin_id));
  store.clock.advance(std::chrono::minutes(10));
  post("ConfirmPreRegistration", body(admin_id));
  EXPECT_THAT(take_event_types(), ElementsAre("portal.challenged", "portal.challenged"));
  EXPECT_EQ(portal().window->challenge->at, store.clock.now());
}

TEST_F(ConfirmPreRegistration, IsNoRepeatFromAnotherCaller) {
  open_window();
  post("ConfirmPreRegistration", body(admin_id));
  send({.path = "ConfirmPreRegistration", .body = body(admin_id), .caller = "192.0.2.9"});
  EXPECT_EQ(take_events().size(), 2U);
  EXPECT_EQ(portal().window->challenge->caller, "192.0.2.9");
}

}  // namespace
}  // namespace nopassd::handlers::callback
