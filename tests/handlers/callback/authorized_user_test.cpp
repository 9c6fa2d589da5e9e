#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AuthorizedUser : public CallbackTest {
 protected:
  void SetUp() override { prepare(5); }
  Reply decide(bool authorized, std::string_view reason = {}) {
    json::object body = {{"authId", "auth-1"}, {"isAuthorized", authorized}};
    if (!reason.empty()) body["reason"] = reason;
    return post("AuthorizedUser", json::serialize(body));
  }
  storage::SessionState state() { return session("auth-1").state; }
};

TEST_F(AuthorizedUser, AuthorizesThePendingSession) {
  expect_result(decide(true), true);
  const storage::Session now = session("auth-1");
  EXPECT_EQ(now.state, storage::SessionState::authorized);
  EXPECT_EQ(now.verdict, true);
  EXPECT_EQ(now.decided_at, store.clock.now());
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "session.authorized");
  EXPECT_EQ(events[0].subject, "session/" + now.id);
}

TEST_F(AuthorizedUser, ProcessesADenialToo) {
  post("UpdatePicture", good_body(2));
  expect_result(decide(false, "<b>not me</b>"), true);
  const storage::Session now = session("auth-1");
  EXPECT_EQ(now.state, storage::SessionState::denied);
  EXPECT_EQ(now.verdict, false);
  EXPECT_EQ(now.reason, "<b>not me</b>");
  EXPECT_EQ(now.ended_at, store.clock.now());
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "session.denied");
  EXPECT_EQ(json::parse(events[0].data).at("reason"), json::value("<b>not me</b>"));
}

TEST_F(AuthorizedUser, ReadsTheVerdictAsAWord) {
  expect_result(post("AuthorizedUser", R"({"AuthId":"auth-1","IsAuthorized":"True"})"), true);
  EXPECT_EQ(state(), storage::SessionState::authorized);
}

TEST_F(AuthorizedUser, LetsTheFirstVerdictStand) {
  decide(true);
  take_events();
  expect_refusal(decide(false), 400, "109");
  EXPECT_EQ(state(), storage::SessionState::authorized);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(AuthorizedUser, LetsADenialStand) {
  decide(false, "first");
  expect_refusal(decide(true), 400, "109");
  EXPECT_EQ(state(), storage::SessionState::denied);
  expect_result(decide(false, "another reason"), true);
  EXPECT_EQ(session("auth-1").reason, "first");
}

TEST_F(AuthorizedUser, RecognisesARepeatWhateverHappenedSince) {
  decide(true);
  post("CloseSession", good_body(9));
  EXPECT_EQ(state(), storage::SessionState::closed);
  take_events();
  expect_result(decide(true), true);
  store.clock.advance(std::chrono::hours(1));
  expect_result(decide(true), true);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(AuthorizedUser, IsTooLateForAnExpiredSession) {
  store.clock.advance(settings.session_lifetime);
  expect_refusal(decide(true), 400, "109");
  EXPECT_FALSE(session("auth-1").verdict);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(AuthorizedUser, IsInTimeUntilTheLastMillisecond) {
  store.clock.advance(settings.session_lifetime - storage::Milliseconds(1));
  expect_result(decide(true), true);
}

TEST_F(AuthorizedUser, IsTooLateForAnEndedSession) {
  post("CloseSession", good_body(9));
  expect_refusal(decide(true), 400, "109");
}

TEST_F(AuthorizedUser, WantsAKnownAuthId) {
  expect_refusal(post("AuthorizedUser", R"({"authId":"auth-2","isAuthorized":true})"), 404, "105");
}

TEST_F(AuthorizedUser, ChecksItsMembers) {
  EXPECT_THAT(codes(post("AuthorizedUser", "{}")), ElementsAre("102", "102"));
  expect_refusal(post("AuthorizedUser", R"({"authId":"auth-1","isAuthorized":"yes"})"), 400, "103");
  expect_refusal(decide(true, std::string(2085, 'x')), 400, "103");
  expect_refusal(post("AuthorizedUser", R"({"authId":"auth-1","isAuthorized":false,"reason":"a\u0000b"})"), 400, "103");
  EXPECT_EQ(state(), storage::SessionState::pending);
}

}  // namespace
}  // namespace nopassd::handlers::callback
