#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CloseSession : public CallbackTest {
 protected:
  void SetUp() override { prepare(9); }
  Reply close(const json::object& changes = {}) {
    json::object body = {{"portalId", portal_id}, {"authId", "auth-1"}};
    for (const auto& change : changes) body[change.key()] = change.value();
    return post("CloseSession", json::serialize(body));
  }
  void put(storage::SessionState state) {
    storage::Session changed = session("auth-1");
    changed.state = state;
    store.transact([changed](storage::Transaction& transaction) {
      transaction.update_session(changed);
      return true;
    });
  }
};

TEST_F(CloseSession, ClosesAPendingAnAuthorizedAndAnOpenOne) {
  for (const auto state :
       {storage::SessionState::pending, storage::SessionState::authorized, storage::SessionState::open}) {
    put(state);
    expect_result(close(), true);
    EXPECT_EQ(session("auth-1").state, storage::SessionState::closed);
    const auto events = take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].type, "session.closed");
    EXPECT_EQ(json::parse(events[0].data).at("by"), json::value("nopass"));
  }
}

TEST_F(CloseSession, IsTooLateForOneThatEndedOtherwise) {
  for (const auto state :
       {storage::SessionState::denied, storage::SessionState::cancelled, storage::SessionState::expired}) {
    put(state);
    expect_refusal(close(), 400, "109");
  }
  put(storage::SessionState::open);
  store.clock.advance(settings.session_lifetime);
  expect_refusal(close(), 400, "109");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(CloseSession, WantsASessionOfThisPortal) {
  expect_refusal(close({{"authId", "auth-2"}}), 404, "105");
  expect_refusal(close({{"portalId", "other"}}), 400, "104");
  expect_refusal(close({{"portalId", ""}}), 400, "103");
  expect_refusal(close({{"portalId", nullptr}}), 400, "102");
}

TEST_F(CloseSession, ComparesTheUserId) {
  expect_refusal(close({{"userId", "ann"}}), 400, "103");
  EXPECT_EQ(session("auth-1").state, storage::SessionState::pending);
  expect_result(close({{"userId", "Jim"}}), true);
}

TEST_F(CloseSession, NeverMeansAllWithAnEmptyUserId) {
  start_session("auth-2", "jim");
  start_session("auth-3", "ann");
  take_events();
  expect_result(close({{"userId", ""}}), true);
  EXPECT_THAT(take_event_types(), ElementsAre("session.closed"));
  EXPECT_EQ(session("auth-2").state, storage::SessionState::pending);
  EXPECT_EQ(session("auth-3").state, storage::SessionState::pending);
}

}  // namespace
}  // namespace nopassd::handlers::callback
