// Who holds a login, and what is left of a user who was erased.
#include "storage/names.hpp"
#include "storage/sweep.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

namespace nopassd::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Users : public ::testing::Test {
 protected:
  void add(const User& user) {
    store.transact([user](Transaction& t) { return t.add_user(user), 0; });
  }
  void update(const User& user) {
    store.transact([user](Transaction& t) { return t.update_user(user), 0; });
  }
  bool refuses(const User& user) {
    auto work = [user](Transaction& t) { return t.add_user(user), 0; };
    return store.run(store->transact(std::move(work))).error() == error_code(errc::defect);
  }
  std::optional<User> user(std::string id) {
    return store.read([id](Snapshot& s) { return s.user(id); });
  }
  std::optional<User> by_login(std::string login) {
    return store.read([login](Snapshot& s) { return s.user_by_login(login_key(login)); });
  }
  std::optional<User> deleted_by_login(std::string login) {
    return store.read([login](Snapshot& s) { return s.deleted_user_by_login(login_key(login)); });
  }
  static User deleting(int number, std::int64_t deleted_second = 1) {
    User user = sample_user(number);
    user.state = UserState::deleting;
    user.deleted_at = sample_time(deleted_second);
    user.erase_at = sample_time(100);
    user.ask_nopass_at.reset();
    return user;
  }
  TemporaryStore store;
};

TEST_F(Users, HaveALoginAndAnExternalIdOfTheirOwn) {
  add(sample_user(1));
  User same_login = sample_user(2);
  same_login.login_key = sample_user(1).login_key;
  EXPECT_TRUE(refuses(same_login));
  User same_external_id = sample_user(2);
  same_external_id.external_id = sample_user(1).external_id;
  EXPECT_TRUE(refuses(same_external_id));
  for (int i = 3; i <= 4; ++i) {
    User without = sample_user(i);
    without.external_id.clear();
    add(without);
  }
  EXPECT_EQ(store.read([](Snapshot& s) { return s.user_by_external_id("external-1"); }), sample_user(1));
  EXPECT_EQ(store.read([](Snapshot& s) { return s.user_by_external_id(""); }), std::nullopt);
}

TEST_F(Users, GiveUpTheirLoginWhenTheyAreDeleted) {
  const User gone = deleting(1);
  add(gone);
  EXPECT_EQ(by_login(gone.login), std::nullopt);
  EXPECT_EQ(store.read([](Snapshot& s) { return s.user_by_external_id("external-1"); }), std::nullopt);
  EXPECT_EQ(deleted_by_login(gone.login), gone);
  User next = sample_user(2);
  next.login = gone.login;
  next.login_key = gone.login_key;
  next.external_id = gone.external_id;
  add(next);
  EXPECT_EQ(by_login(gone.login), next);
}

TEST_F(Users, AreFoundByTheLoginThatWasDeletedLast) {
  User first = deleting(1, 1);
  User second = deleting(2, 2);
  second.login_key = first.login_key;
  add(second);
  add(first);
  EXPECT_EQ(deleted_by_login(first.login)->id, second.id);
}

TEST_F(Users, AreFoundNoMoreAmongTheDeletedOnceRestored) {
  User user = deleting(1);
  add(user);
  user.state = UserState::active;
  user.deleted_at.reset();
  user.erase_at.reset();
  update(user);
  EXPECT_EQ(deleted_by_login(user.login), std::nullopt);
  EXPECT_EQ(by_login(user.login), user);
}

TEST_F(Users, LeaveATombstone) {
  const User user = deleting(1);
  add(user);
  store.transact([user](Transaction& t) { return t.erase_user(user.id), 0; });
  User tombstone;
  tombstone.id = user.id;
  tombstone.external_id = user.external_id;
  tombstone.state = UserState::deleted;
  tombstone.created_at = user.created_at;
  tombstone.deleted_at = user.deleted_at;
  tombstone.erase_at = user.erase_at;
  EXPECT_EQ(this->user(user.id), tombstone);
  EXPECT_EQ(deleted_by_login(user.login), tombstone) << "by the digest of the login";
  update(tombstone);
  EXPECT_EQ(deleted_by_login(user.login), tombstone) << "and an update does not lose it";
  store.transact([user](Transaction& t) { return t.erase_user(user.id), 0; });
  EXPECT_EQ(deleted_by_login(user.login), tombstone) << "nor does erasing it again";
}

TEST_F(Users, CanBeErasedAtOnce) {
  const User user = [] {
    User fresh = sample_user(1);
    fresh.deleted_at.reset();
    return fresh;
  }();
  add(user);
  store.transact([user](Transaction& t) { return t.erase_user(user.id), 0; });
  EXPECT_EQ(by_login(user.login), std::nullopt);
  ASSERT_TRUE(deleted_by_login(user.login));
  EXPECT_EQ(deleted_by_login(user.login)->deleted_at, store->now());
}

TEST_F(Users, AreListedByEveryFilter) {
  for (int i = 1; i <= 3; ++i) add(sample_user(i));
  add(deleting(4));
  const auto listed = [this](UserFilter filter) {
    return store.read([filter](Snapshot& s) { return s.users(filter, {}); });
  };
  EXPECT_EQ(listed({}).total, 4);
  EXPECT_EQ(listed({"", "", "", UserState::active}).total, 3);
  EXPECT_EQ(listed({login_key("JOHN2@doe.com"), "", "", std::nullopt}).data, std::vector{sample_user(2)});
  EXPECT_EQ(listed({"", email_key("MAIL3@doe.com"), "", std::nullopt}).data, std::vector{sample_user(3)});
  EXPECT_EQ(listed({"", "", "external-1", std::nullopt}).data, std::vector{sample_user(1)});
  EXPECT_EQ(listed({login_key("john2@doe.com"), "", "external-1", std::nullopt}).total, 0);
  EXPECT_EQ(listed({"", "", "", UserState::deleting}).data, std::vector{deleting(4)});
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Erasure : public Users {
 protected:
  const std::vector<std::string> personal{
      "UniqueLogin", "uniquelogin",  "UniqueGiven",  "UniqueSur",    "+7 999 UniquePhone", "UniqueMail",  "uniquemail",
      "UniqueImage", "UniqueLocale", "UniqueReason", "FormerUnique", "formerunique",       "UniqueMember"};

  void fill() {
    User user = deleting(1);
    user.login = "UniqueLogin";
    user.login_key = login_key(user.login);
    user.profile = {"UniqueGiven", "UniqueSur", "+7 999 UniquePhone", "UniqueMail", "UniqueImage", "UniqueLocale"};
    add(user);
    Session session = sample_session();
    session.user_id = user.id;
    session.login = user.login;
    session.login_key = user.login_key;
    session.reason = "UniqueReason";
    Registration registration = sample_registration();
    registration.user_id = user.id;
    registration.login = "FormerUnique";
    registration.login_key = login_key(registration.login);
    registration.asked_login_key = user.login_key;
    registration.profile = user.profile;
    Question question = sample_question();
    question.user_id = user.id;
    question.members = {{"email", "UniqueMember"}};
    store.transact([=](Transaction& t) {
      t.add_session(session);
      t.add_registration(registration);
      t.add_question(question);
      t.remember_former_login(registration.login_key, {user.id, {}});
      return 0;
    });
  }
  /// Those of the personal texts that the files hold.
  std::vector<std::string> found() {
    std::filesystem::path log = store.path();
    log += "-wal";
    const std::string bytes = bytes_of(store.path()) + bytes_of(log);
    std::vector<std::string> result;
    for (const std::string& text : personal) {
      if (bytes.find(text) != std::string::npos) result.push_back(text);
    }
    return result;
  }
  void erase() {
    store.clock.set(sample_time(100));
    store.transact([](Transaction& t) { return sweep_step(t, {}); });
  }
};

TEST_F(Erasure, LeavesNothingOfThePersonInTheFiles) {
  fill();
  EXPECT_EQ(found().size(), personal.size()) << "it is there to begin with";
  erase();
  // The log is cleared after the callers have been answered, so it may take a moment.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!found().empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(found(), ::testing::IsEmpty());
  EXPECT_TRUE(deleted_by_login("UniqueLogin")) << "but he is known to have been";
  EXPECT_TRUE(store.read([](Snapshot& s) { return s.former_login("formerunique"); }));
  EXPECT_EQ(store.read([](Snapshot& s) { return s.session(sample_id(1)); })->reason, "");
}

TEST_F(Erasure, ClearsTheLogOnceAReaderIsOutOfTheWay) {
  fill();
  std::atomic<bool> reading = false;
  std::atomic<bool> enough = false;
  auto slow = [&](Snapshot& s) {
    s.portal();
    reading = true;
    while (!enough) std::this_thread::yield();
    return 0;
  };
  bool read = false;
  boost::asio::co_spawn(store.io, store->read(slow), [&read](std::exception_ptr, result<int>) { read = true; });
  store.io.restart();
  store.io.poll();
  while (!reading) std::this_thread::yield();
  erase();
  EXPECT_FALSE(found().empty()) << "the reader still sees the state before";
  enough = true;
  while (!read) store.io.run_one();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!found().empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(found(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace nopassd::testing
