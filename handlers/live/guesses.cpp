#include "handlers/live/guesses.hpp"

#include <algorithm>
#include <utility>

namespace nopassd::handlers::live {

bool Guesses::admit(Moment now) {
  std::uint64_t told = 0;
  {
    const std::lock_guard lock(mutex_);
    ++since_alarm_;
    const double seconds = std::chrono::duration<double>(now - std::exchange(filled_, now)).count();
    left_ = std::min(burst, left_ + std::max(0.0, seconds) * per_second);
    if (left_ >= 1) {
      left_ -= 1;
      return true;
    }
    if (alarmed_ == Moment{} || now - alarmed_ >= between_alarms) {
      alarmed_ = now;
      told = std::exchange(since_alarm_, 0);
    }
  }
  if (told > 0 && alarm_) alarm_(told);
  return false;
}

}  // namespace nopassd::handlers::live
