#pragma once
// Tells systemd that the daemon is alive (WatchdogSec=, sd_watchdog_enabled(3)): only while every event loop turns and
// the writer takes work.
#include "daemon/io_pool.hpp"
#include "storage/store.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>

namespace nopassd::daemon {

/// What systemd expects of this process; nothing when it does not watch.
std::optional<std::chrono::microseconds> watchdog_period();

class Watchdog {
 public:
  /// `batches`: how many batches the writer has finished, whatever became of them.
  Watchdog(IoPool& pool, storage::Store& store, std::function<std::uint64_t()> batches)
      : pool_(pool), store_(store), batches_(std::move(batches)), timer_(pool.first()) {}

  /// Calls `tell` three times a period, as long as it gets around to it. On the pool's first context; ends with it.
  boost::asio::awaitable<void> run(std::chrono::microseconds period, std::function<void()> tell);

 private:
  boost::asio::awaitable<void> writer_works(std::chrono::microseconds look_again);

  IoPool& pool_;
  storage::Store& store_;
  const std::function<std::uint64_t()> batches_;
  boost::asio::steady_timer timer_;
};

}  // namespace nopassd::daemon
