#pragma once
// A clock that stands still where the one behind it goes back. Thread-safe when that one is.
#include "storage/time.hpp"

#include <atomic>
#include <cstdint>

namespace nopassd::storage {

class MonotoneClock {
 public:
  explicit MonotoneClock(Clock clock) : clock_(std::move(clock)) {}

  TimePoint now() {
    const std::int64_t fresh = clock_().time_since_epoch().count();
    std::int64_t last = last_.load();
    while (last < fresh && !last_.compare_exchange_weak(last, fresh)) {
    }
    return TimePoint{Milliseconds{last < fresh ? fresh : last}};
  }

 private:
  Clock clock_;
  std::atomic<std::int64_t> last_{0};
};

}  // namespace nopassd::storage
