#include "storage/lifecycle.hpp"

#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::testing {
namespace {

using ::testing::ElementsAre;

TEST(EffectiveState, OfALiveSessionExpiresWithTime) {
  Session session = sample_session();
  for (const SessionState state : {SessionState::pending, SessionState::authorized, SessionState::open}) {
    session.state = state;
    EXPECT_EQ(effective_state(session, session.expires_at - Milliseconds(1)), state);
    EXPECT_EQ(effective_state(session, session.expires_at), SessionState::expired);
    EXPECT_FALSE(is_final(state));
  }
  for (const SessionState state :
       {SessionState::closed, SessionState::denied, SessionState::expired, SessionState::cancelled}) {
    session.state = state;
    EXPECT_EQ(effective_state(session, session.expires_at + Milliseconds(1)), state);
    EXPECT_TRUE(is_final(state));
  }
}

TEST(EffectiveState, OfAnOpenRegistrationExpiresWithTime) {
  Registration registration = sample_registration();
  for (const RegistrationState state : {RegistrationState::started, RegistrationState::validated}) {
    registration.state = state;
    EXPECT_EQ(effective_state(registration, registration.expires_at - Milliseconds(1)), state);
    EXPECT_EQ(effective_state(registration, registration.expires_at), RegistrationState::expired);
  }
  for (const RegistrationState state :
       {RegistrationState::refused, RegistrationState::confirmed, RegistrationState::expired}) {
    registration.state = state;
    EXPECT_EQ(effective_state(registration, registration.expires_at), state);
  }
}

class Ending : public ::testing::Test {
 protected:
  void add(int number, std::string user, SessionState state = SessionState::pending) {
    Session session = sample_session(number);
    session.user_id = std::move(user);
    session.external_id.clear();
    session.reason.clear();
    session.state = state;
    session.ended_at.reset();
    store.transact([session](Transaction& t) {
      t.add_session(session);
      t.show_picture(session.id, "png", sample_time());
      return 0;
    });
  }
  Session session(int number) {
    return store.read([number](Snapshot& s) { return s.session(sample_id(number)); }).value();
  }
  std::vector<std::string> logged() {
    std::vector<std::string> types;
    for (const Event& event : store.read([](Snapshot& s) { return s.events_after({}); }).events) {
      const auto data = boost::json::parse(event.data);
      const auto* by = data.as_object().if_contains("by");
      types.push_back(event.type + (by != nullptr ? " by " + std::string(by->as_string().c_str()) : ""));
    }
    return types;
  }
  TemporaryStore store;
};

TEST_F(Ending, OfASessionDropsThePictureAndRaisesItsEvent) {
  struct Case {
    SessionState state;
    std::string event;
  };
  const std::vector<Case> cases{{SessionState::closed, "session.closed by nopass"},
                                {SessionState::denied, "session.denied"},
                                {SessionState::cancelled, "session.cancelled"},
                                {SessionState::expired, "session.expired"}};
  int number = 0;
  for (const Case& each : cases) {
    add(++number, "u");
    const Session ended = store.transact([number, state = each.state](Transaction& t) {
      Session session = *t.session(sample_id(number));
      end_session(t, session, state, Party::nopass);
      return session;
    });
    EXPECT_EQ(ended, session(number)) << "updated in place";
    EXPECT_EQ(ended.state, each.state);
    EXPECT_EQ(ended.ended_at, store->now());
    EXPECT_EQ(store.read([number](Snapshot& s) { return s.picture(sample_id(number)); }), std::nullopt);
    EXPECT_EQ(logged().back(), each.event);
  }
}

TEST_F(Ending, OfAUsersSessionsLeavesOthersAlone) {
  add(1, "u1");
  add(2, "u1", SessionState::open);
  add(3, "u2");
  add(4, "u1", SessionState::denied);
  store.transact([](Transaction& t) { return close_sessions(t, "u1", Party::daemon_operator), 0; });
  EXPECT_EQ(session(1).state, SessionState::closed);
  EXPECT_EQ(session(2).state, SessionState::closed);
  EXPECT_EQ(session(3).state, SessionState::pending);
  EXPECT_EQ(session(4).state, SessionState::denied);
  EXPECT_THAT(logged(), ElementsAre("session.closed by operator", "session.closed by operator"));
}

TEST_F(Ending, OfEverybodysSessionsCallsTheExpiredExpired) {
  for (int i = 1; i <= 3; ++i) add(i, "u" + std::to_string(i));
  store.clock.set(sample_session().expires_at);
  Session late = sample_session(4);
  late.state = SessionState::open;
  late.expires_at = sample_time(10000);
  store.transact([late](Transaction& t) { return t.add_session(late), 0; });
  store.transact([](Transaction& t) { return close_sessions(t, "", Party::nopass), 0; });
  EXPECT_EQ(session(1).state, SessionState::expired);
  EXPECT_EQ(session(4).state, SessionState::closed);
  EXPECT_EQ(logged().size(), 4U);
}

TEST_F(Ending, OfMoreSessionsThanAreReadAtOnceEndsThemAll) {
  store.transact([](Transaction& t) {
    for (int i = 1; i <= 1203; ++i) {
      Session session = sample_session(i);
      session.user_id = "u";
      t.add_session(session);
    }
    return 0;
  });
  store.transact([](Transaction& t) { return close_sessions(t, "u", Party::nopass), 0; });
  EXPECT_EQ(store.read([](Snapshot& s) { return s.live_sessions("u", 10).size(); }), 0U);
  EXPECT_EQ(store.read([](Snapshot& s) { return s.event_log().last; }), 1203);
}

}  // namespace
}  // namespace nopassd::testing
