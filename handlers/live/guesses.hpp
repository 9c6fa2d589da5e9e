#pragma once
// Requests with tickets that nobody has: counted, limited, told. For the whole socket, as what a proxy says of its
// caller's address is nothing to rely on, and a ticket of 256 bits is not found by guessing from many addresses either.
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

namespace nopassd::handlers::live {

/// Thread-safe.
class Guesses {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr double burst = 200;
  static constexpr double per_second = 20;
  static constexpr std::chrono::seconds between_alarms{10};

  /// `alarm` is told how many there were since it was told last, while they are too many.
  explicit Guesses(std::function<void(std::uint64_t)> alarm = {}) : alarm_(std::move(alarm)) {}

  /// Notes one; false when there are too many.
  bool admit(Moment now);

 private:
  const std::function<void(std::uint64_t)> alarm_;
  std::mutex mutex_;
  double left_ = burst;
  Moment filled_{};
  Moment alarmed_{};
  std::uint64_t since_alarm_ = 0;
};

}  // namespace nopassd::handlers::live
