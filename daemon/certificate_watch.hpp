#pragma once
// Has renewed certificates taken over, and says once a day that the listener's is about to expire.
#include "daemon/log.hpp"
#include "handlers/figures.hpp"
#include "storage/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace nopassd::daemon {

/// Appends `certificate.expiring` with `{days}`, the whole days that are left, when they are fewer than 14, and returns
/// them; nothing when this UTC day has such an event already.
std::optional<std::int64_t> raise_expiring(storage::Transaction& transaction, storage::TimePoint expires);

/// On one thread.
class CertificateWatch {
 public:
  static constexpr std::chrono::seconds interval{10};
  using Renew = std::function<boost::asio::awaitable<void>()>;

  /// `expires` in seconds of the Unix epoch, 0 for no certificate; it may change at any time, and `renew` changes it.
  CertificateWatch(boost::asio::io_context& context, storage::Store& store, const handlers::Gauge& expires, Renew renew,
                   Log& log)
      : timer_(context), store_(store), expires_(expires), renew_(std::move(renew)), log_(log) {}

  boost::asio::awaitable<void> run();
  /// Ends run().
  void stop();

 private:
  boost::asio::awaitable<void> look();

  boost::asio::steady_timer timer_;
  storage::Store& store_;
  const handlers::Gauge& expires_;
  const Renew renew_;
  Log& log_;
  std::optional<std::chrono::sys_days> raised_;  // the day of the last event of this process
  bool stopping_ = false;
};

}  // namespace nopassd::daemon
