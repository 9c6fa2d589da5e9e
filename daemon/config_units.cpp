#include "daemon/config_units.hpp"

#include <charconv>
#include <limits>
#include <span>

namespace nopassd::daemon {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr Unit durations[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr Unit sizes[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}};

std::optional<std::int64_t> parse(std::string_view text, std::span<const Unit> units) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // from_chars takes a minus sign, which no duration or size has.
  if (error != std::errc{} || text.front() == '-') return std::nullopt;
  const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& unit : units) {
    if (unit.name != name) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string format(std::int64_t number, std::span<const Unit> units, std::string_view zero) {
  if (number == 0) return std::string(zero);
  for (const auto& unit : units) {
    if (number % unit.factor == 0) return std::to_string(number / unit.factor).append(unit.name);
  }
  return std::to_string(number);
}

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) { return parse(text, durations); }
std::optional<std::int64_t> parse_size(std::string_view text) { return parse(text, sizes); }
std::string format_duration(std::int64_t milliseconds) { return format(milliseconds, durations, "0s"); }
std::string format_size(std::int64_t bytes) { return format(bytes, sizes, "0B"); }

}  // namespace nopassd::daemon
