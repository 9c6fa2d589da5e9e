#include "daemon/background.hpp"

#include "tests/storage/run_on.hpp"

#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

namespace nopassd::daemon {
namespace {

namespace asio = boost::asio;

TEST(BackgroundWork, RunsElsewhereAndComesBackWithItsValue) {
  asio::io_context io;
  Background background;
  std::thread::id worked, resumed;
  auto ask = [&]() -> asio::awaitable<std::string> {
    auto work = [&worked](const std::stop_token&) {
      worked = std::this_thread::get_id();
      return std::string("done");
    };
    auto value = co_await background.run(std::move(work));
    resumed = std::this_thread::get_id();
    co_return value;
  };
  EXPECT_EQ(testing::run_on(io, ask()), "done");
  EXPECT_NE(worked, std::this_thread::get_id());
  EXPECT_EQ(resumed, std::this_thread::get_id());
}

TEST(BackgroundWork, ComesBackWithItsException) {
  asio::io_context io;
  Background background;
  auto work = [](const std::stop_token&) -> int { throw std::runtime_error("broken"); };
  EXPECT_THROW(testing::run_on(io, background.run(std::move(work))), std::runtime_error);
}

TEST(BackgroundWork, IsDoneOneByOne) {
  asio::io_context io;
  Background background;
  std::atomic<int> under_way = 0, done = 0;
  const auto ask = [&]() -> asio::awaitable<void> {
    auto work = [&](const std::stop_token&) {
      EXPECT_EQ(under_way.fetch_add(1), 0);
      std::this_thread::yield();
      under_way.fetch_sub(1);
      return 0;
    };
    co_await background.run(std::move(work));
    ++done;
  };
  for (int i = 0; i < 20; ++i) asio::co_spawn(io, ask(), asio::detached);
  while (done < 20) io.run_one();
}

TEST(BackgroundWork, IsToldToStopAndWhatWaitsIsNeverBegun) {
  asio::io_context io;
  std::promise<void> begun;
  bool stopped = false, second = false, resumed = false;
  {
    Background background;
    const auto ask = [&](auto work) -> asio::awaitable<void> {
      co_await background.run(std::move(work));
      resumed = true;
    };
    auto waits = [&](const std::stop_token& stop) {
      begun.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      stopped = true;
      return 0;
    };
    auto never = [&second](const std::stop_token&) { return second = true; };
    asio::co_spawn(io, ask(std::move(waits)), asio::detached);
    asio::co_spawn(io, ask(std::move(never)), asio::detached);
    io.poll();
    begun.get_future().wait();
  }
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(second);
  EXPECT_FALSE(resumed);
}

}  // namespace
}  // namespace nopassd::daemon
