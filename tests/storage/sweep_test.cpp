#include "storage/sweep.hpp"

#include "storage/lifecycle.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Milliseconds hour{3600 * 1000};

class Sweep : public ::testing::Test {
 protected:
  std::size_t sweep(std::size_t limit = 100) {
    return store.transact([=, this](Transaction& t) { return sweep_step(t, retention, limit); });
  }
  std::vector<std::string> logged() {
    std::vector<std::string> types;
    for (const Event& event : store.read([](Snapshot& s) { return s.events_after({}); }).events) {
      types.push_back(event.type + " " + event.data);
    }
    return types;
  }
  void add_session(int number, SessionState state) {
    Session session = sample_session(number);
    session.user_id = "u";
    session.external_id.clear();
    session.state = state;
    session.ended_at.reset();
    store.transact([session](Transaction& t) {
      t.add_session(session);
      t.show_picture(session.id, "png", sample_time());
      return 0;
    });
  }
  std::optional<Session> session(int number) {
    return store.read([number](Snapshot& s) { return s.session(sample_id(number)); });
  }
  Retention retention{24 * hour, 7 * 24 * hour, 1000, 30 * 24 * hour, 7 * 24 * hour};
  TemporaryStore store;
};

TEST_F(Sweep, HasNothingToDoInAnEmptyStore) { EXPECT_EQ(sweep(), 0U); }

TEST_F(Sweep, WritesDownThatSessionsHaveExpired) {
  add_session(1, SessionState::pending);
  add_session(2, SessionState::open);
  EXPECT_EQ(sweep(), 0U);
  store.clock.set(sample_session().expires_at);
  EXPECT_EQ(sweep(), 2U);
  EXPECT_EQ(session(1)->state, SessionState::expired);
  EXPECT_EQ(session(1)->ended_at, store->now());
  EXPECT_EQ(store.read([](Snapshot& s) { return s.picture(sample_id(1)); }), std::nullopt);
  EXPECT_THAT(logged(), ElementsAre("session.expired {\"sessionId\":\"" + sample_id(1) + "\",\"userId\":\"u\"}",
                                    "session.expired {\"sessionId\":\"" + sample_id(2) + "\",\"userId\":\"u\"}"));
  EXPECT_EQ(sweep(), 0U);
}

TEST_F(Sweep, WritesDownThatRegistrationsHaveExpired) {
  Registration registration = sample_registration();
  registration.started_by = Party::site;
  registration.user_id.clear();
  registration.external_id.clear();
  store.transact([=](Transaction& t) { return t.add_registration(registration), 0; });
  store.clock.set(registration.expires_at);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store.read([](Snapshot& s) { return s.registration(sample_id(1)); })->state, RegistrationState::expired);
  EXPECT_THAT(logged(),
              ElementsAre("registration.expired {\"registrationId\":\"" + sample_id(1) + "\",\"by\":\"site\"}"));
}

TEST_F(Sweep, ClosesQuestionsWhoseDeadlineHasPassed) {
  store.transact([](Transaction& t) { return t.add_question(sample_question()), 0; });
  store.clock.set(sample_question().deadline);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store.read([](Snapshot& s) { return s.question(sample_id(1)); })->state, QuestionState::expired);
}

TEST_F(Sweep, ErasesUsersWhoseTimeHasCome) {
  User user = sample_user();
  user.state = UserState::deleting;
  user.external_id = "e";
  user.erase_at = sample_time(60);
  user.ask_nopass_at.reset();
  store.transact([=](Transaction& t) { return t.add_user(user), 0; });
  EXPECT_EQ(sweep(), 0U);
  store.clock.set(sample_time(60));
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store.read([=](Snapshot& s) { return s.user(user.id); })->state, UserState::deleted);
  EXPECT_THAT(logged(), ElementsAre("user.erased {\"userId\":\"" + user.id + "\",\"externalId\":\"e\"}"));
  EXPECT_EQ(sweep(), 0U);
}

TEST_F(Sweep, KeepsAUserOfWhomNoPassIsStillToBeAskedButNotForEver) {
  User user = sample_user();
  user.state = UserState::deleting;
  user.erase_at = sample_time(60);
  user.ask_nopass_at = sample_time(30);
  store.transact([=](Transaction& t) { return t.add_user(user), 0; });
  const auto asked = [this] { return store.read([](Snapshot& s) { return s.users_to_ask_nopass(10); }); };
  EXPECT_THAT(asked(), IsEmpty());
  store.clock.set(sample_time(60));
  EXPECT_THAT(asked(), ElementsAre(user));
  EXPECT_EQ(sweep(), 0U);
  store.clock.set(*user.erase_at + retention.nopass_question);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store.read([=](Snapshot& s) { return s.user(user.id); })->state, UserState::deleted);
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(Sweep, ForgetsOldStartsOfLogins) {
  store.transact([](Transaction& t) { return t.add_login_start({sample_id(1), "u", {}, t.now()}), 0; });
  EXPECT_EQ(sweep(), 0U);
  store.clock.advance(retention.login_starts + Milliseconds(1));
  EXPECT_EQ(sweep(), 1U);
}

TEST_F(Sweep, ClosesTheWindowAndDestroysASealedToken) {
  Portal portal = sample_portal();
  portal.state = PortalState::disabled;
  portal.disabled_at = sample_time(2);
  store.transact([=](Transaction& t) { return t.save_portal(portal), 0; });
  store.clock.set(portal.window->expires_at);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store->portal_view()->window, std::nullopt);
  EXPECT_EQ(store->portal_view()->auth_token, "auth token");
  store.clock.set(*portal.disabled_at + retention.sealed_token);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store->portal_view()->auth_token, "");
  EXPECT_EQ(sweep(), 0U);
}

TEST_F(Sweep, LeavesTheTokenOfARegisteredPortal) {
  Portal portal = sample_portal();
  portal.window.reset();
  store.transact([=](Transaction& t) { return t.save_portal(portal), 0; });
  store.clock.advance(1000 * hour);
  EXPECT_EQ(sweep(), 0U);
  EXPECT_EQ(store->portal_view()->auth_token, "auth token");
}

TEST_F(Sweep, RetiresAConsumerThatIsSeenNoMore) {
  Consumer consumer{"site", "owner", {}, 0, 0, sample_time(), false};
  store.transact([=](Transaction& t) { return t.add_consumer(consumer), 0; });
  store.clock.set(sample_time() + retention.consumer_timeout - Milliseconds(1));
  EXPECT_EQ(sweep(), 0U);
  store.clock.advance(Milliseconds(1));
  EXPECT_EQ(sweep(), 1U);
  EXPECT_TRUE(store.read([](Snapshot& s) { return s.consumer("site"); })->retired);
  EXPECT_THAT(logged(), ElementsAre(R"(consumer.retired {"name":"site"})"));
  EXPECT_EQ(sweep(), 0U);
}

TEST_F(Sweep, ForgetsWhatEndedLongAgo) {
  add_session(1, SessionState::pending);
  Registration confirmed = sample_registration(2);
  confirmed.state = RegistrationState::confirmed;
  confirmed.ended_at = sample_time();
  store.transact([=](Transaction& t) { return t.add_registration(confirmed), 0; });
  store.transact([](Transaction& t) {
    Session session = *t.session(sample_id(1));
    end_session(t, session, SessionState::closed, Party::site);
    return 0;
  });
  store.clock.set(sample_time() + retention.ended_records);
  EXPECT_EQ(sweep(), 0U);
  store.clock.advance(Milliseconds(1));
  EXPECT_EQ(sweep(), 2U);
  EXPECT_EQ(session(1), std::nullopt);
  EXPECT_EQ(store.read([](Snapshot& s) { return s.registration(sample_id(2)); }), std::nullopt);
  EXPECT_EQ(logged().size(), 1U) << "the event of it is kept for its own time";
  add_session(1, SessionState::pending);
  EXPECT_EQ(store.transact([](Transaction& t) { return t.show_picture(sample_id(1), "png", sample_time()); }),
            std::nullopt)
      << "only this session's own first picture is known";
}

TEST_F(Sweep, KeepsWhatIsStillGoingOn) {
  add_session(1, SessionState::open);
  store.transact([](Transaction& t) {
    Session session = *t.session(sample_id(1));
    session.expires_at = sample_time(10000000);
    t.update_session(session);
    return 0;
  });
  store.clock.set(sample_time(9999999));
  EXPECT_EQ(sweep(), 0U);
  EXPECT_TRUE(session(1));
}

TEST_F(Sweep, RemovesOldEvents) {
  store.transact([](Transaction& t) { return t.append(portal_event("enabled", "")), 0; });
  store.clock.set(sample_time() + retention.events + Milliseconds(1));
  EXPECT_EQ(sweep(), 1U);
  EXPECT_THAT(logged(), IsEmpty());
}

TEST_F(Sweep, GoesInSmallSteps) {
  for (int i = 1; i <= 5; ++i) add_session(i, SessionState::pending);
  store.clock.set(sample_session().expires_at);
  EXPECT_EQ(sweep(2), 2U);
  EXPECT_EQ(sweep(2), 2U);
  EXPECT_EQ(sweep(2), 1U);
  EXPECT_EQ(sweep(2), 0U);
}

}  // namespace
}  // namespace nopassd::testing
