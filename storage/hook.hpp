#pragma once
// An address of the site that the daemon calls with each event. Its position in the event log is that of the consumer
// hook_consumer(name). Contract: docs/site-api.md, "Hooks".
#include "storage/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::storage {

/// Why the last delivery did not succeed. `status` is 0 when there was no answer.
struct HookError {
  TimePoint time;
  unsigned status = 0;
  std::string detail;
  bool operator==(const HookError&) const = default;
};

struct Hook {
  std::string name;
  std::string url;
  bool answers = false;       // is asked questions, too
  std::string secret;         // the bytes that sign; it has to be presented, so it is kept as it is
  bool paused = false;        // answered 410; until the next PUT
  std::int64_t failures = 0;  // in a row
  bool told = false;          // hook.failing was raised and hook.recovered not yet
  std::optional<HookError> last_error;
  std::optional<TimePoint> last_delivered_at;
  TimePoint created_at;
  bool operator==(const Hook&) const = default;
};

/// Who owns the consumers of hooks; no principal of the site API has this name.
inline constexpr std::string_view hook_owner = "hook";

/// The name of the consumer that keeps a hook's position and types. Names of sites' own consumers hold no ':'.
inline std::string hook_consumer(std::string_view hook) { return "hook:" + std::string(hook); }

}  // namespace nopassd::storage
