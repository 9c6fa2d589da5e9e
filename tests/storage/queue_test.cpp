// Queues and threads: what waits, what is refused, and what readers see meanwhile.
#include "tests/storage/gate.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace nopassd::testing {
namespace {

using ::testing::ElementsAre;

class StoreQueue : public ::testing::Test {
 protected:
  static std::function<int(Transaction&)> add_user(int number) {
    return [number](Transaction& t) { return t.add_user(sample_user(number)), number; };
  }
  void add(int number) { store.transact(add_user(number)); }
  bool has_user(int number) {
    return store.read([number](Snapshot& s) { return s.user(sample_user(number).id); }).has_value();
  }
  TemporaryStore store;
};

TEST_F(StoreQueue, RefusesWhatIsTooMuchToQueue) {
  SqliteOptions options = store.options();
  options.max_queued = 2;
  store.close();
  const std::unique_ptr<Store> small = open_sqlite(options);
  Gate gate;
  auto hold = [&gate](Transaction&) {
    gate.wait();
    return 0;
  };
  boost::asio::co_spawn(store.io, small->transact(hold), boost::asio::detached);
  store.io.poll();
  gate.wait_until_reached();
  std::vector<error_code> codes;
  for (int i = 0; i < 3; ++i) {
    boost::asio::co_spawn(
        store.io, small->transact([](Transaction&) { return 0; }),
        [&codes](std::exception_ptr, result<int> r) { codes.push_back(r.has_error() ? r.error() : error_code()); });
  }
  while (codes.empty()) store.io.run_one();
  EXPECT_THAT(codes, ElementsAre(error_code(errc::overloaded))) << "the third, at once";
  gate.open();
  while (codes.size() < 3) store.io.run_one();
  EXPECT_FALSE(codes[1]);
  EXPECT_FALSE(codes[2]);
}

TEST_F(StoreQueue, HasRoomForCallbacksWhenTheSiteFloodsIt) {
  SqliteOptions options = store.options();
  options.max_queued = 2;
  options.readers = 1;
  store.close();
  const std::unique_ptr<Store> small = open_sqlite(options);
  Gate writing, reading;
  auto hold_writer = [&writing](Transaction&) { return writing.wait(), 0; };
  auto hold_reader = [&reading](Snapshot&) { return reading.wait(), 0; };
  boost::asio::co_spawn(store.io, small->transact(hold_writer), boost::asio::detached);
  boost::asio::co_spawn(store.io, small->read(hold_reader), boost::asio::detached);
  store.io.poll();
  writing.wait_until_reached();
  reading.wait_until_reached();
  std::vector<std::string> done;
  const auto note = [&done](std::string name) {
    return
        [&done, name](std::exception_ptr, result<int> r) { done.push_back(name + (r.has_error() ? " refused" : "")); };
  };
  const auto nothing = [](auto&) { return 0; };
  for (int i = 0; i < 3; ++i) {
    boost::asio::co_spawn(store.io, small->transact(nothing), note("site write"));
    boost::asio::co_spawn(store.io, small->read(nothing), note("site read"));
  }
  boost::asio::co_spawn(store.io, small->transact(nothing, Commit::grouped, Lane::callback), note("callback write"));
  boost::asio::co_spawn(store.io, small->read(nothing, Lane::callback), note("callback read"));
  while (done.size() < 2) store.io.run_one();
  EXPECT_THAT(done, ::testing::UnorderedElementsAre("site write refused", "site read refused"));
  const StoreFigures waiting = small->figures();
  EXPECT_THAT(waiting.writes_queued, ElementsAre(1, 2));
  EXPECT_THAT(waiting.reads_queued, ElementsAre(1, 2));
  reading.open();
  while (done.size() < 5) store.io.run_one();
  EXPECT_EQ(done[2], "callback read") << "before those that the site asked for earlier";
  writing.open();
  while (done.size() < 8) store.io.run_one();
  EXPECT_EQ(done[5], "callback write");
}

TEST_F(StoreQueue, ReportsEachBatchWithItsSizeAndTime) {
  std::vector<Batch> batches;  // written by the writer thread before it completes a caller
  SqliteOptions options = store.options();
  options.on_batch = [&batches](const Batch& batch) { batches.push_back(batch); };
  store.close();
  const std::unique_ptr<Store> reporting = open_sqlite(options);
  Gate gate;
  auto hold = [&gate](Transaction&) { return gate.wait(), 0; };
  boost::asio::co_spawn(store.io, reporting->transact(hold), boost::asio::detached);
  store.io.poll();
  gate.wait_until_reached();
  int done = 0;
  for (int i = 1; i <= 3; ++i) {
    boost::asio::co_spawn(store.io, reporting->transact(add_user(i)),
                          [&done](std::exception_ptr, const result<int>&) { ++done; });
  }
  store.io.poll();
  gate.open();
  while (done < 3) store.io.run_one();
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].transactions, 1U);
  EXPECT_EQ(batches[1].transactions, 3U);
  EXPECT_TRUE(batches[1].committed);
  EXPECT_GT(batches[1].took.count(), 0);
}

TEST_F(StoreQueue, KnowsHowLargeItsFilesAre) {
  add(1);
  const StoreFigures figures = store->figures();
  EXPECT_EQ(figures.database_bytes, std::filesystem::file_size(store.path()));
  EXPECT_EQ(figures.log_bytes, std::filesystem::file_size(store.path().string() + "-wal"));
  EXPECT_GT(figures.log_bytes, 0U);
}

TEST_F(StoreQueue, CommitsWhatIsQueuedWhenTheStoreCloses) {
  Gate gate;
  auto hold = [&gate](Transaction&) {
    gate.wait();
    return 0;
  };
  boost::asio::co_spawn(store.io, store->transact(hold), boost::asio::detached);
  store.io.poll();
  gate.wait_until_reached();
  for (int i = 1; i <= 20; ++i) {
    boost::asio::co_spawn(store.io, store->transact(add_user(i)), boost::asio::detached);
  }
  store.io.poll();
  gate.open();
  store.reopen();
  for (int i = 1; i <= 20; ++i) EXPECT_TRUE(has_user(i)) << i;
}

TEST_F(StoreQueue, ResumesTheCallerOnItsOwnExecutor) {
  const auto here = std::this_thread::get_id();
  std::thread::id resumed;
  std::thread::id worked;
  const auto caller = [&]() -> boost::asio::awaitable<int> {
    auto work = [&worked](Transaction&) {
      worked = std::this_thread::get_id();
      return 0;
    };
    const auto outcome = co_await store->transact(std::move(work));
    resumed = std::this_thread::get_id();
    co_return outcome.has_value();
  };
  EXPECT_EQ(store.run(caller()), 1);
  EXPECT_TRUE(resumed == here);
  EXPECT_FALSE(worked == here);
}

TEST_F(StoreQueue, NeverGoesBackInTime) {
  const auto now = [this] { return store.transact([](Transaction& t) { return t.now(); }); };
  const TimePoint first = now();
  store.clock.advance(Milliseconds(5000));
  EXPECT_EQ(now(), first + Milliseconds(5000));
  store.clock.advance(Milliseconds(-60000));
  EXPECT_EQ(now(), first + Milliseconds(5000));
  EXPECT_EQ(store->now(), first + Milliseconds(5000));
  EXPECT_EQ(store.read([](Snapshot& s) { return s.now(); }), first + Milliseconds(5000));
  store.clock.advance(Milliseconds(60001));
  EXPECT_EQ(now(), first + Milliseconds(5001));
}

TEST_F(StoreQueue, LetsReadersReadWhileItWrites) {
  add(1);
  Gate gate;
  auto hold = [&gate](Transaction& t) {
    t.add_user(sample_user(2));
    gate.wait();
    return 0;
  };
  boost::asio::co_spawn(store.io, store->transact(hold), boost::asio::detached);
  store.io.restart();
  store.io.poll();
  gate.wait_until_reached();
  EXPECT_TRUE(has_user(1));
  EXPECT_FALSE(has_user(2)) << "not committed yet";
  gate.open();
  store.transact([](Transaction&) { return 0; });
  EXPECT_TRUE(has_user(2));
}

TEST_F(StoreQueue, ShowsAReaderOneStateForAsLongAsItReads) {
  Gate reading;
  auto slow = [&reading](Snapshot& s) {
    const bool before = s.user(sample_user(1).id).has_value();
    reading.wait();
    return before == s.user(sample_user(1).id).has_value() && !before;
  };
  std::future<result<bool>> outcome = boost::asio::co_spawn(store.io, store->read(slow), boost::asio::use_future);
  store.io.restart();
  store.io.poll();
  reading.wait_until_reached();
  add(1);
  reading.open();
  while (outcome.wait_for(std::chrono::seconds(0)) != std::future_status::ready) store.io.run_one();
  EXPECT_TRUE(outcome.get().value());
  EXPECT_TRUE(has_user(1));
}

TEST_F(StoreQueue, ReportsAReadThatThrows) {
  auto broken = [](Snapshot&) -> int { throw std::logic_error("a fault"); };
  EXPECT_EQ(store.run(store->read(std::move(broken))).error(), error_code(errc::defect));
  store.transact([](Transaction&) { return 0; });
  const auto troubles = store.take_troubles();
  ASSERT_EQ(troubles.size(), 1U);
  EXPECT_THAT(troubles[0].second, ::testing::HasSubstr("a fault"));
  EXPECT_FALSE(has_user(1)) << "the reader goes on";
}

}  // namespace
}  // namespace nopassd::testing
