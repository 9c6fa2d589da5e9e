#pragma once
// Wall-clock time as records hold it: milliseconds of the Unix epoch, UTC.
#include <chrono>
#include <functional>
#include <string>

namespace nopassd::storage {

using Milliseconds = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Milliseconds>;
using Clock = std::function<TimePoint()>;

TimePoint system_now();

/// RFC 3339 in UTC with milliseconds where there are any: `2020-03-31T17:15:17Z`, `…17.250Z`.
std::string format_time(TimePoint time);

}  // namespace nopassd::storage
