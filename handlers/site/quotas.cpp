#include "handlers/site/quotas.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace {
constexpr auto a_minute = std::chrono::minutes(1);

// A clock that was set back ends the minute too, or it could last for hours.
bool is_over(storage::TimePoint began, storage::TimePoint now) { return now - began >= a_minute || now < began; }
}  // namespace

Quotas::Minute& Quotas::minute_of(std::string_view principal, storage::TimePoint now) {
  if (const auto known = minutes_.find(principal); known != minutes_.end()) return known->second;
  if (minutes_.size() >= most_principals) {
    std::erase_if(minutes_, [now](const auto& entry) { return is_over(entry.second.began, now); });
  }
  if (minutes_.size() >= most_principals) {
    const auto older = [](const auto& left, const auto& right) { return left.second.began < right.second.began; };
    minutes_.erase(std::min_element(minutes_.begin(), minutes_.end(), older));
  }
  return minutes_.emplace(principal, Minute{now, 0}).first->second;
}

Quotas::Standing Quotas::take(std::string_view principal, storage::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Minute& minute = minute_of(principal, now);
  if (is_over(minute.began, now)) minute = Minute{now, 0};
  Standing standing;
  standing.limit = per_minute_.load(std::memory_order_relaxed);
  standing.granted = minute.used < standing.limit;
  if (standing.granted) ++minute.used;
  standing.remaining = standing.limit - std::min(minute.used, standing.limit);
  standing.reset = std::chrono::ceil<std::chrono::seconds>(minute.began + a_minute - now).count();
  return standing;
}

bool Quotas::spent(std::string_view principal, storage::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto known = minutes_.find(principal);
  return known != minutes_.end() && !is_over(known->second.began, now) && known->second.used >= per_minute_;
}

}  // namespace nopassd::handlers::site
