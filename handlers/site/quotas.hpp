#pragma once
// How many requests a principal may make in a minute: docs/site-api.md, "Limits". Windows are fixed: a principal's
// minute begins with its first request.
#include "storage/time.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace nopassd::handlers::site {

/// Thread-safe. Remembers at most `most_principals`, the oldest minute goes first.
class Quotas {
 public:
  static constexpr std::size_t most_principals = 1024;

  /// `per_minute` is at least 1.
  explicit Quotas(std::uint32_t per_minute) : per_minute_(per_minute) {}

  /// From the next request on, also in minutes that have begun.
  void set_per_minute(std::uint32_t per_minute) { per_minute_.store(per_minute, std::memory_order_relaxed); }

  struct Standing {
    bool granted = false;
    std::uint32_t limit = 0;
    std::uint32_t remaining = 0;
    std::int64_t reset = 0;  // seconds until the minute is over, 1…60
  };

  /// Counts one request.
  Standing take(std::string_view principal, storage::TimePoint now);
  /// Whether take() would grant nothing. Counts nothing.
  bool spent(std::string_view principal, storage::TimePoint now);

 private:
  struct Minute {
    storage::TimePoint began;
    std::uint32_t used = 0;
  };
  Minute& minute_of(std::string_view principal, storage::TimePoint now);

  std::atomic<std::uint32_t> per_minute_;
  std::mutex mutex_;
  std::map<std::string, Minute, std::less<>> minutes_;
};

}  // namespace nopassd::handlers::site
