// Lists and pictures: what the site and the live socket read.
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <class Record>
std::vector<std::string> ids(const std::vector<Record>& records) {
  std::vector<std::string> result;
  for (const Record& record : records) result.push_back(record.id);
  return result;
}

class Sessions : public ::testing::Test {
 protected:
  void add(int number, SessionState state, std::string_view user = {}) {
    Session session = sample_session(number);
    session.state = state;
    if (!user.empty()) session.user_id = user;
    store.transact([session](Transaction& t) { return t.add_session(session), 0; });
  }
  std::vector<std::string> listed(SessionFilter filter, PageRequest page = {}) {
    auto result = store.read([=](Snapshot& s) { return s.sessions(filter, page); });
    total = result.total;
    return ids(result.data);
  }
  TemporaryStore store;
  std::int64_t total = 0;
};

TEST_F(Sessions, AreListedNewestFirstInPages) {
  for (int i = 1; i <= 5; ++i) add(i, SessionState::pending);
  EXPECT_THAT(listed({}, {1, 2}), ElementsAre(sample_id(4), sample_id(3)));
  EXPECT_EQ(total, 5);
  EXPECT_THAT(listed({}, {5, 2}), IsEmpty());
  EXPECT_EQ(total, 5);
}

TEST_F(Sessions, AreFilteredByTheStateThatHoldsNow) {
  add(1, SessionState::pending);
  add(2, SessionState::open);
  add(3, SessionState::expired);
  add(4, SessionState::closed);
  EXPECT_THAT(listed({"", SessionState::pending}), ElementsAre(sample_id(1)));
  EXPECT_THAT(listed({"", SessionState::expired}), ElementsAre(sample_id(3)));
  store.clock.set(sample_session().expires_at);
  EXPECT_THAT(listed({"", SessionState::pending}), IsEmpty());
  EXPECT_THAT(listed({"", SessionState::expired}), ElementsAre(sample_id(3), sample_id(2), sample_id(1)));
  EXPECT_EQ(total, 3);
  EXPECT_THAT(listed({"", SessionState::closed}), ElementsAre(sample_id(4)));
}

TEST_F(Sessions, AreFilteredByUser) {
  add(1, SessionState::pending, "u1");
  add(2, SessionState::closed, "u1");
  add(3, SessionState::pending, "u2");
  EXPECT_THAT(listed({"u1", std::nullopt}), ElementsAre(sample_id(2), sample_id(1)));
  EXPECT_THAT(listed({"u1", SessionState::pending}), ElementsAre(sample_id(1)));
  EXPECT_EQ(total, 1);
}

TEST_F(Sessions, AreLiveUntilAFinalStateIsWritten) {
  add(1, SessionState::pending, "u1");
  add(2, SessionState::authorized, "u1");
  add(3, SessionState::open, "u2");
  add(4, SessionState::closed, "u1");
  add(5, SessionState::denied, "u1");
  const auto live = [this](std::string user, std::size_t limit) {
    return ids(store.read([=](Snapshot& s) { return s.live_sessions(user, limit); }));
  };
  EXPECT_THAT(live("u1", 10), ElementsAre(sample_id(1), sample_id(2)));
  EXPECT_EQ(live("", 10).size(), 3U);
  EXPECT_EQ(live("", 2).size(), 2U);
}

TEST_F(Sessions, CountTheirPicturesFromOne) {
  add(1, SessionState::pending);
  const auto show = [this](std::string png) {
    return store.transact([=](Transaction& t) { return t.show_picture(sample_id(1), png, sample_time(30)); });
  };
  EXPECT_EQ(store.read([](Snapshot& s) { return s.picture(sample_id(1)); }), std::nullopt);
  EXPECT_EQ(show("one"), 1);
  EXPECT_EQ(show("two"), 2);
  const std::string bytes("\x89PNG\0\xff", 6);
  EXPECT_EQ(show(bytes), 3);
  store.reopen();
  EXPECT_EQ(store.read([](Snapshot& s) { return s.picture(sample_id(1)); }), (Picture{3, sample_time(30), bytes}));
}

TEST_F(Sessions, IgnoreAPictureThatTheyHaveShown) {
  add(1, SessionState::pending);
  add(2, SessionState::pending);
  const auto show = [this](int session, std::string png) {
    return store.transact([=](Transaction& t) { return t.show_picture(sample_id(session), png, sample_time(30)); });
  };
  EXPECT_EQ(show(1, "one"), 1);
  EXPECT_EQ(show(1, "two"), 2);
  EXPECT_EQ(show(1, "one"), std::nullopt);
  EXPECT_EQ(store.read([](Snapshot& s) { return s.picture(sample_id(1)); })->png, "two");
  EXPECT_EQ(show(2, "one"), 1) << "another session has not";
}

TEST_F(Sessions, ShowNothingOnceThePictureIsDropped) {
  add(1, SessionState::pending);
  store.transact([](Transaction& t) { return t.show_picture(sample_id(1), "one", sample_time(30)); });
  store.transact([](Transaction& t) { return t.drop_picture(sample_id(1)), 0; });
  EXPECT_EQ(store.read([](Snapshot& s) { return s.picture(sample_id(1)); }), std::nullopt);
  const auto again = [](Transaction& t) { return t.show_picture(sample_id(1), "one", sample_time(30)); };
  EXPECT_EQ(store.transact(again), std::nullopt) << "it is still known";
  const auto next = [](Transaction& t) { return t.show_picture(sample_id(1), "two", sample_time(30)); };
  EXPECT_EQ(store.transact(next), 2) << "versions do not start again";
}

TEST_F(Sessions, HaveOneAuthIdEach) {
  add(1, SessionState::pending);
  Session twin = sample_session(2);
  twin.auth_id = sample_session(1).auth_id;
  auto work = [twin](Transaction& t) { return t.add_session(twin), 0; };
  EXPECT_EQ(store.run(store->transact(std::move(work))).error(), error_code(errc::defect));
}

TEST(Registrations, AreFilteredByTheStateThatHoldsNow) {
  TemporaryStore store;
  for (const auto& [number, state] : {std::pair{1, RegistrationState::started},
                                      {2, RegistrationState::validated},
                                      {3, RegistrationState::confirmed},
                                      {4, RegistrationState::expired}}) {
    Registration registration = sample_registration(number);
    registration.state = state;
    store.transact([registration](Transaction& t) { return t.add_registration(registration), 0; });
  }
  const auto listed = [&store](std::optional<RegistrationState> state) {
    return ids(store.read([=](Snapshot& s) { return s.registrations({state}, {}); }).data);
  };
  EXPECT_EQ(listed(std::nullopt).size(), 4U);
  EXPECT_THAT(listed(RegistrationState::started), ElementsAre(sample_id(1)));
  store.clock.set(sample_registration().expires_at);
  EXPECT_THAT(listed(RegistrationState::started), IsEmpty());
  EXPECT_THAT(listed(RegistrationState::confirmed), ElementsAre(sample_id(3)));
  EXPECT_THAT(listed(RegistrationState::expired), ElementsAre(sample_id(4), sample_id(2), sample_id(1)));
}

}  // namespace
}  // namespace nopassd::testing
