#pragma once
// Time that passes when the test says so.
#include "storage/time.hpp"

#include <atomic>
#include <cstdint>

namespace nopassd::testing {

/// Stands at 2026-01-01T00:00:00Z until it is told otherwise. Thread-safe.
class ManualClock {
 public:
  storage::TimePoint now() const { return storage::TimePoint{storage::Milliseconds{milliseconds_.load()}}; }
  void advance(storage::Milliseconds by) { milliseconds_ += by.count(); }
  void set(storage::TimePoint time) { milliseconds_ = time.time_since_epoch().count(); }

 private:
  std::atomic<std::int64_t> milliseconds_{1767225600000};
};

}  // namespace nopassd::testing
