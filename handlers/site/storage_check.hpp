#pragma once
// Whether the store commits: a small real transaction, made for /readyz at most once a second.
#include "storage/store.hpp"

#include <mutex>
#include <optional>

namespace nopassd::handlers::site {

namespace asio = boost::asio;

/// Thread-safe.
class StorageCheck {
 public:
  static constexpr storage::Milliseconds interval{1000};

  /// True when the last check committed. Makes one when the last is older than `interval`; meanwhile others are told
  /// the last one's result.
  asio::awaitable<bool> commits(storage::Store& store);

 private:
  /// The result to tell now; empty: the caller makes the check.
  std::optional<bool> known(storage::TimePoint now);
  void note(bool committed);

  std::mutex mutex_;
  std::optional<bool> committed_;
  std::optional<storage::TimePoint> begun_;
};

}  // namespace nopassd::handlers::site
