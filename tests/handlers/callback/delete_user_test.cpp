#include "storage/sweep.hpp"
#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeleteUser : public CallbackTest {
 protected:
  void SetUp() override { prepare(7); }
  Reply remove(std::string_view login = "jim", std::string_view id = portal_id) {
    return post("DeleteUser", json::serialize(json::object{{"userId", login}, {"portalId", id}}));
  }
  storage::User by_id(const std::string& id) {
    return store.read([id](storage::Snapshot& snapshot) { return snapshot.user(id); }).value();
  }
};

TEST_F(DeleteUser, SuspendsTheUserAndErasesHimLater) {
  const std::string id = user("jim")->id;
  expect_result(remove("JIM"), "OK");
  EXPECT_FALSE(user("jim"));
  const storage::User now = by_id(id);
  EXPECT_EQ(now.state, storage::UserState::deleting);
  EXPECT_EQ(now.deleted_at, store.clock.now());
  EXPECT_EQ(now.erase_at, store.clock.now() + settings.erase_after);
  EXPECT_EQ(now.login, "jim");
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "user.deleted");
  EXPECT_EQ(json::parse(events[0].data), (json::value{{"userId", id}}));
}

TEST_F(DeleteUser, ClosesHisSessionsFirst) {
  start_session("auth-1", "jim");
  start_session("auth-2", "jim");
  start_session("auth-3", "ann");
  take_events();
  remove();
  EXPECT_THAT(take_event_types(), ElementsAre("session.closed", "session.closed", "user.deleted"));
  EXPECT_EQ(session("auth-1").state, storage::SessionState::closed);
  EXPECT_EQ(session("auth-3").state, storage::SessionState::pending);
}

TEST_F(DeleteUser, ErasesAtOnceWhereItShall) {
  settings.erase_after = storage::Milliseconds(0);
  const std::string id = user("jim")->id;
  expect_result(remove(), "OK");
  EXPECT_EQ(by_id(id).state, storage::UserState::deleted);
  EXPECT_EQ(by_id(id).login + by_id(id).login_key, "");
  EXPECT_THAT(take_event_types(), ElementsAre("user.deleted", "user.erased"));
  expect_result(remove(), "OK");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(DeleteUser, RecognisesARepeatByTheTombstone) {
  remove();
  take_events();
  expect_result(remove(), "OK");
  store.clock.advance(settings.erase_after);
  store.transact([](storage::Transaction& transaction) {
    storage::Retention keep;
    keep.ended_records = keep.events = keep.consumer_timeout = keep.sealed_token = std::chrono::hours(24 * 7);
    keep.events_at_most = 1000;
    return storage::sweep_step(transaction, keep);
  });
  EXPECT_THAT(take_event_types(), ElementsAre("user.erased"));
  expect_result(remove(), "OK");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(DeleteUser, KnowsWhoNeverWas) {
  expect_refusal(remove("ann"), 404, "107");
  expect_refusal(remove("jim", "other"), 400, "104");
  EXPECT_TRUE(user("jim"));
}

TEST_F(DeleteUser, DeletesHimWhoHasTheLoginNow) {
  remove();
  const std::string second = add_user("jim").id;
  expect_result(remove(), "OK");
  EXPECT_EQ(by_id(second).state, storage::UserState::deleting);
}

}  // namespace
}  // namespace nopassd::handlers::callback
