// When the database cannot be written: nothing happens, everybody is told, and it works again by itself.
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <sys/resource.h>
#include <thread>

namespace nopassd::testing {
namespace {

using ::testing::IsEmpty;

/// No file of this process can grow beyond `bytes` while it lives: what a full disk looks like to the writer.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit small = limit_;
    small.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

class Trouble : public ::testing::Test {
 protected:
  Trouble() : store(quick()) {}
  static SqliteOptions quick() {
    SqliteOptions options;
    options.busy_timeout = Milliseconds(20);
    return options;
  }
  error_code add(int number) {
    auto work = [number](Transaction& t) {
      t.add_user(sample_user(number));
      t.append(user_event("added", sample_user(number)));
      t.save_portal(sample_portal());
      return 0;
    };
    const auto outcome = store.run(store->transact(std::move(work)));
    return outcome.has_error() ? outcome.error() : error_code();
  }
  bool has(int number) {
    return store.read([number](Snapshot& s) { return s.user(sample_user(number).id); }).has_value();
  }
  /// Waits for the store to say that commits work, without asking it for any.
  bool recovers_alone() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      for (const auto& [failing, what] : store.take_troubles()) {
        if (!failing) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  TemporaryStore store;
};

TEST_F(Trouble, OfAFullDiskChangesNothingAndPasses) {
  std::filesystem::path log = store.path();
  log += "-wal";
  {
    const FullDisk full(std::filesystem::file_size(log));
    EXPECT_EQ(add(1), error_code(errc::unavailable));
    EXPECT_EQ(add(2), error_code(errc::unavailable));
    EXPECT_FALSE(has(1));
    EXPECT_EQ(store.read([](Snapshot& s) { return s.event_log().last; }), 0);
    EXPECT_EQ(*store->portal_view(), Portal{});
    EXPECT_THAT(store.take_notices(), IsEmpty());
  }
  const auto troubles = store.take_troubles();
  ASSERT_EQ(troubles.size(), 1U) << "said once, when it began";
  EXPECT_TRUE(troubles[0].first);
  EXPECT_FALSE(add(3));
  EXPECT_TRUE(has(3));
  EXPECT_FALSE(has(1));
  EXPECT_EQ(store.read([](Snapshot& s) { return s.event_log().last; }), 1) << "and no number is lost";
  EXPECT_EQ(*store->portal_view(), sample_portal());
  EXPECT_FALSE(store.take_troubles().at(0).first) << "said once, when it ended";
  store.reopen();
  EXPECT_TRUE(has(3));
  EXPECT_FALSE(has(1));
}

TEST_F(Trouble, OfALockByAnotherProcessChangesNothingAndPasses) {
  for (const char* lock : {"BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"}) {
    SQLite::Database other(store.path().string(), SQLite::OPEN_READWRITE);
    other.exec(lock);
    EXPECT_EQ(add(1), error_code(errc::unavailable)) << lock;
    EXPECT_FALSE(has(1)) << "readers do not mind";
    EXPECT_TRUE(store.take_troubles().at(0).first);
    other.exec("ROLLBACK");
    EXPECT_TRUE(recovers_alone()) << lock;
  }
  EXPECT_FALSE(add(1));
  EXPECT_TRUE(has(1));
}

TEST_F(Trouble, IsOverForReadinessWithoutAnyTraffic) {
  std::filesystem::path log = store.path();
  log += "-wal";
  {
    const FullDisk full(std::filesystem::file_size(log));
    EXPECT_EQ(add(1), error_code(errc::unavailable));
  }
  EXPECT_TRUE(recovers_alone());
}

TEST_F(Trouble, FailsAWholeBatch) {
  SQLite::Database other(store.path().string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  std::vector<error_code> codes;
  for (int i = 1; i <= 5; ++i) {
    auto work = [i](Transaction& t) { return t.add_user(sample_user(i)), 0; };
    boost::asio::co_spawn(store.io, store->transact(work), [&codes](std::exception_ptr, result<int> outcome) {
      codes.push_back(outcome.has_error() ? outcome.error() : error_code());
    });
  }
  store.io.restart();
  while (codes.size() < 5) store.io.run_one();
  for (const error_code code : codes) EXPECT_EQ(code, error_code(errc::unavailable));
}

TEST_F(Trouble, OfAStoreFailureInsideAPieceRollsBackTheBatch) {
  auto broken = [](Transaction& t) -> int {
    t.add_user(sample_user(1));
    throw StoreFailure("disk I/O error");
  };
  EXPECT_EQ(store.run(store->transact(std::move(broken))).error(), error_code(errc::unavailable));
  EXPECT_FALSE(has(1));
  EXPECT_FALSE(add(2));
}

}  // namespace
}  // namespace nopassd::testing
