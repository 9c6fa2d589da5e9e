#include "daemon/watchdog.hpp"

#include "tests/storage/temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace nopassd::daemon {
namespace {

using namespace std::chrono_literals;

/// Two loops that turn; the watchdog is asked to tell every 10 ms.
class Watching : public ::testing::Test {
 protected:
  ~Watching() override {
    pool.stop();
    if (running.joinable()) running.join();
    store.close();  // its threads post to the pool
  }
  void start() {
    auto tell = [this] { ++told; };
    boost::asio::co_spawn(pool.first(), watchdog.run(30ms, tell), boost::asio::detached);
    running = std::thread([this] { pool.run(); });
  }
  bool tells_again() {
    const int before = told;
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (told == before && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(1ms);
    return told != before;
  }
  /// For ten times as long as it would have taken.
  bool stays_silent() {
    std::this_thread::sleep_for(10ms);  // what was on its way has come
    const int before = told;
    std::this_thread::sleep_for(100ms);
    return told == before;
  }

  testing::TemporaryStore store;
  std::atomic<int> told = 0;
  std::atomic<std::uint64_t> batches = 0;
  IoPool pool{2, [](std::string_view) {}};
  Watchdog watchdog{pool, *store, [this] { return batches.load(); }};
  std::thread running;
};

TEST_F(Watching, TellsWhileAllTurns) {
  start();
  EXPECT_TRUE(tells_again());
  EXPECT_TRUE(tells_again());
}

TEST_F(Watching, IsSilentWhileALoopStandsStill) {
  start();
  for (int i = 0; i < 2; ++i) {
    std::promise<void> stands, go;
    boost::asio::post(pool.next(), [&] {
      stands.set_value();
      go.get_future().wait();
    });
    stands.get_future().wait();
    EXPECT_TRUE(stays_silent()) << "loop " << i;
    go.set_value();
    EXPECT_TRUE(tells_again());
  }
}

TEST_F(Watching, IsSilentWhileTheWriterStandsStill) {
  std::promise<void> stands, go;
  boost::asio::io_context io;
  boost::asio::co_spawn(io, store->transact([&](storage::Transaction&) {
    stands.set_value();
    go.get_future().wait();
    return 0;
  }),
                        boost::asio::detached);
  io.poll();
  stands.get_future().wait();
  start();
  EXPECT_TRUE(stays_silent());
  EXPECT_EQ(told, 0);
  go.set_value();
  EXPECT_TRUE(tells_again());
  io.run();
}

}  // namespace
}  // namespace nopassd::daemon
