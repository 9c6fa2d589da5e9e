#include "storage/time.hpp"

#include <array>
#include <cstdio>

namespace nopassd::storage {

TimePoint system_now() { return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now()); }

std::string format_time(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  int length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                             static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                             static_cast<int>(clock.seconds().count()));
  std::string result(text.data(), static_cast<std::size_t>(length));
  if (const auto fraction = clock.subseconds().count(); fraction != 0) {
    length = std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(fraction));
    result.append(text.data(), static_cast<std::size_t>(length));
  }
  return result + "Z";
}

}  // namespace nopassd::storage
