#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DisableService : public CallbackTest {
 protected:
  void SetUp() override { prepare(10); }
  Reply disable(std::string_view id = portal_id) {
    return post("DisableService", json::serialize(json::object{{"portalId", id}}));
  }
};

TEST_F(DisableService, DisablesThePortalAndClosesItsSessions) {
  start_session("auth-1", "jim");
  start_session("auth-2", "ann");
  add_user("jim");
  take_events();
  EXPECT_EQ(disable().body, "true");
  const storage::Portal now = portal();
  EXPECT_EQ(now.state, storage::PortalState::disabled);
  EXPECT_EQ(now.disabled_at, store.clock.now());
  EXPECT_EQ(now.auth_token, auth_token);
  EXPECT_TRUE(user("jim"));
  EXPECT_EQ(session("auth-1").state, storage::SessionState::closed);
  EXPECT_THAT(take_event_types(), ElementsAre("session.closed", "session.closed", "portal.disabled"));
}

TEST_F(DisableService, WantsThisPortalsId) {
  expect_refusal(disable("other"), 400, "104");
  EXPECT_EQ(parsed(disable("other")).at("result"), json::value(false));
  EXPECT_EQ(portal().state, storage::PortalState::registered);
}

TEST_F(DisableService, LeavesNothingButItsRepeatToAnswer) {
  disable();
  take_events();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i < 2) {
      expect_nothing_here(post(names[i], good_body(i)));
    } else if (i < 10) {
      expect_refusal(post(names[i], good_body(i)), 403, "112");
    }
  }
  EXPECT_EQ(disable().body, "true");
  expect_refusal(disable("other"), 403, "112");
  expect_refusal(post("DisableService", "{}"), 403, "112");
  expect_refusal(post("DisableService", "{"), 403, "112");
  expect_refusal(send({.path = "DisableService", .body = good_body(10), .content_type = "text/plain"}), 403, "112");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(DisableService, IsNothingForAnUnregisteredPortal) {
  store.transact([](storage::Transaction& transaction) {
    transaction.save_portal({});
    return true;
  });
  expect_refusal(disable(), 403, "112");
  expect_refusal(disable(""), 403, "112");
}

}  // namespace
}  // namespace nopassd::handlers::callback
