#include "daemon/sweeper.hpp"

#include "daemon/clock_watch.hpp"
#include "storage/sweep.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nopassd::daemon {

namespace asio = boost::asio;

void Sweeper::stop() {
  stopping_ = true;
  timer_.cancel();
}

asio::awaitable<void> Sweeper::run() {
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  ClockWatch clocks;
  bool paused = false;
  while (!stopping_) {
    timer_.expires_after(interval);
    co_await timer_.async_wait(quietly);
    if (stopping_) co_return;
    const bool trusted = clocks.trusted(storage::system_now(), std::chrono::steady_clock::now());
    if (trusted == paused) {
      paused = !trusted;
      log_.write(LogLevel::warning, paused ? "the clock jumped by more than an hour: sweeping pauses"
                                           : "the clock is trusted again: sweeping goes on");
    }
    if (paused) continue;
    for (bool more = true; more && !stopping_;) {
      auto step = [retention = in_force_.get()->config.retention](storage::Transaction& transaction) {
        return storage::sweep_step(transaction, retention);
      };
      const auto swept = co_await store_.transact(std::move(step));
      more = swept.has_value() && *swept > 0;
    }
  }
}

}  // namespace nopassd::daemon
