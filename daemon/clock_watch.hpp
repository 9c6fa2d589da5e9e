#pragma once
// Whether the wall clock can be trusted: house rule, the sweeper pauses when it and the monotonic clock disagree.
#include "storage/time.hpp"

#include <optional>

namespace nopassd::daemon {

/// A jump of more than an hour is distrusted until it is taken back, or has lasted for an hour without another one.
class ClockWatch {
 public:
  using Monotonic = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours tolerance{1};
  static constexpr std::chrono::hours probation{1};

  /// Call it regularly; false while the wall clock is distrusted.
  bool trusted(storage::TimePoint wall, Monotonic now) {
    const auto offset =
        wall.time_since_epoch() - std::chrono::duration_cast<storage::Milliseconds>(now.time_since_epoch());
    if (!trusted_offset_) trusted_offset_ = offset;
    if (near(offset, *trusted_offset_)) {
      trusted_offset_ = offset;
      jumped_.reset();
      return true;
    }
    if (!jumped_ || !near(offset, jumped_->offset)) jumped_ = Jump{offset, now};
    if (now - jumped_->since < probation) return false;
    trusted_offset_ = offset;
    jumped_.reset();
    return true;
  }

 private:
  struct Jump {
    storage::Milliseconds offset;
    Monotonic since;
  };
  static bool near(storage::Milliseconds left, storage::Milliseconds right) {
    const auto apart = left > right ? left - right : right - left;
    return apart <= tolerance;
  }

  std::optional<storage::Milliseconds> trusted_offset_;
  std::optional<Jump> jumped_;
};

}  // namespace nopassd::daemon
