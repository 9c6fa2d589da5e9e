#include "daemon/rate_limiter.hpp"

#include <algorithm>
#include <utility>

namespace nopassd::daemon {

RateLimiter::Bucket& RateLimiter::bucket_of(const std::string& key, Moment now) {
  if (const auto found = young_.find(key); found != young_.end()) return found->second;
  Bucket bucket{burst_, now};
  if (const auto found = old_.find(key); found != old_.end()) bucket = found->second;
  if (young_.size() >= generation_) {
    old_ = std::exchange(young_, {});
  }
  return young_.emplace(key, bucket).first->second;
}

bool RateLimiter::admit(const std::string& key, Moment now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(key, now);
  const std::chrono::duration<double> passed = std::max(now - bucket.filled, Moment::duration::zero());
  bucket.tokens = std::min(burst_, bucket.tokens + passed.count() * per_second_);
  bucket.filled = now;
  if (bucket.tokens < 1.0) return false;
  bucket.tokens -= 1.0;
  return true;
}

}  // namespace nopassd::daemon
