#pragma once
// Token buckets in bounded memory.
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace nopassd::daemon {

/// One bucket a key: `burst` tokens, refilled with `per_second`. Thread-safe. It remembers the keys seen lately, at
/// most twice `generation` of them; a forgotten key starts with a full bucket.
class RateLimiter {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  RateLimiter(std::uint32_t per_second, std::uint32_t burst, std::size_t generation = 50000)
      : per_second_(per_second), burst_(burst), generation_(generation) {}

  /// Takes one token; false when there was none.
  bool admit(const std::string& key, Moment now);

 private:
  struct Bucket {
    double tokens;
    Moment filled;
  };
  using Buckets = std::unordered_map<std::string, Bucket>;

  Bucket& bucket_of(const std::string& key, Moment now);

  const double per_second_;
  const double burst_;
  const std::size_t generation_;
  std::mutex mutex_;
  Buckets young_;
  Buckets old_;
};

}  // namespace nopassd::daemon
