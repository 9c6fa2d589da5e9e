// What the limits of starts count.
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <gtest/gtest.h>

namespace nopassd::testing {
namespace {

class LoginStartsCounted : public ::testing::Test {
 protected:
  void SetUp() override { store.clock.set(sample_time()); }
  void start(int number, int client, std::string user = "u") {
    store.transact([=](Transaction& t) {
      t.add_login_start({sample_id(number), user, sample_digest("client", client), t.now()});
      return 0;
    });
  }
  void end(int number) {
    store.transact([=](Transaction& t) { return t.end_login_start(sample_id(number)), 0; });
  }
  void add_session(int number, SessionState state = SessionState::pending) {
    Session session = sample_session(number);
    session.state = state;
    store.transact([session](Transaction& t) { return t.add_session(session), 0; });
  }
  LoginStarts counted(int client, std::int64_t since = 0) {
    return store.read(
        [=](Snapshot& s) { return s.login_starts("u", sample_digest("client", client), sample_time(since)); });
  }
  std::size_t swept(std::int64_t before) {
    return store.transact([=](Transaction& t) { return t.remove_login_starts(sample_time(before), 100); });
  }
  TemporaryStore store;
};

TEST_F(LoginStartsCounted, AreOfTheUserAndOfTheClient) {
  start(1, 1);
  start(2, 1);
  start(3, 2);
  start(4, 1, "somebody else");
  EXPECT_EQ(counted(1), (LoginStarts{3, 2, 2}));
  EXPECT_EQ(counted(2), (LoginStarts{3, 1, 1}));
  EXPECT_EQ(counted(3), (LoginStarts{3, 0, 0}));
}

TEST_F(LoginStartsCounted, GrowOld) {
  start(1, 1);
  end(1);
  store.clock.set(sample_time(60));
  start(2, 1);
  EXPECT_EQ(counted(1, 0), (LoginStarts{2, 2, 1}));
  EXPECT_EQ(counted(1, 60), (LoginStarts{1, 1, 1}));
}

TEST_F(LoginStartsCounted, StayPendingWithTheirSession) {
  start(1, 1);
  start(2, 1);
  add_session(1);
  add_session(2, SessionState::denied);
  end(1);
  end(2);
  EXPECT_EQ(counted(1, 60), (LoginStarts{0, 0, 1}));
  store.clock.set(sample_session().expires_at);
  EXPECT_EQ(counted(1, 60), (LoginStarts{0, 0, 0}));
}

TEST_F(LoginStartsCounted, AreNotPendingWhenNothingCameOfThem) {
  start(1, 1);
  end(1);
  EXPECT_EQ(counted(1), (LoginStarts{1, 1, 0}));
}

TEST_F(LoginStartsCounted, AreNotPendingForEverAfterACrash) {
  start(1, 1);
  store.clock.set(sample_time(16));
  EXPECT_EQ(counted(1), (LoginStarts{1, 1, 0}));
}

TEST_F(LoginStartsCounted, AreForgottenWhenOldUnlessTheirSessionIsPending) {
  start(1, 1);
  start(2, 1);
  add_session(2);
  EXPECT_EQ(swept(0), 0U);
  EXPECT_EQ(swept(1), 1U);
  EXPECT_EQ(counted(1), (LoginStarts{1, 1, 1}));
}

}  // namespace
}  // namespace nopassd::testing
