#include "daemon/watchdog.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <systemd/sd-daemon.h>

namespace nopassd::daemon {

namespace asio = boost::asio;

std::optional<std::chrono::microseconds> watchdog_period() {
  std::uint64_t period = 0;
  if (sd_watchdog_enabled(0, &period) <= 0) return std::nullopt;
  return std::chrono::microseconds(period);
}

asio::awaitable<void> Watchdog::run(std::chrono::microseconds period, std::function<void()> tell) {
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  const auto pause = period / 3;
  while (true) {
    co_await pool_.turn_all();
    co_await writer_works(pause / 10);
    tell();
    timer_.expires_after(pause);
    co_await timer_.async_wait(quietly);
  }
}

// A commit that fails is the log's and the metrics' to tell: a restart would not free a disk. And a queue that is full
// does not stand still.
asio::awaitable<void> Watchdog::writer_works(std::chrono::microseconds look_again) {
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  const auto before = batches_();
  while (true) {
    auto nothing = [](storage::Transaction&) { return true; };
    const auto done = co_await store_.transact(nothing, storage::Commit::grouped, storage::Lane::callback);
    if (done.has_value() || done.error() != storage::errc::overloaded || batches_() != before) co_return;
    timer_.expires_after(look_again);
    co_await timer_.async_wait(quietly);
  }
}

}  // namespace nopassd::daemon
