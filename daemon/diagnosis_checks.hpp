#pragma once
// What the findings of a diagnosis mean, and what to do about them. docs/operations.md, "Is all well?".
#include "daemon/config.hpp"
#include "handlers/operations.hpp"
#include "storage/snapshot.hpp"
#include "storage/sqlite/backup.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::daemon {

handlers::Check judge_soundness(const storage::Soundness& found, std::chrono::seconds patience);

/// A folder that is written to.
struct DiskPlace {
  std::string path;
  std::uint64_t capacity = 0, available = 0;  // bytes, of its file system
  std::string trouble;                        // why nothing can be written there, and what to do; else empty
};
handlers::Check judge_disks(const std::vector<DiskPlace>& places);

/// `trouble` as probe() told it.
handlers::Check judge_nopass(std::string_view server, std::string_view trouble);

/// Callbacks since the start.
struct CallbackCounts {
  std::uint64_t refused = 0;   // whose caller was not allowed
  std::uint64_t answered = 0;  // carried out
};
handlers::Check judge_callers(const CallersConfig& callers, CallbackCounts counts);

/// `expires` of the first certificate; nothing without TLS.
handlers::Check judge_certificate(std::optional<storage::TimePoint> expires, storage::TimePoint now);

struct ClockFacts {
  storage::TimePoint wall;
  Milliseconds moved{};  // against the monotonic clock, since the start
  std::optional<storage::TimePoint> newest_event;
};
handlers::Check judge_clock(const ClockFacts& facts);

/// Of the sites' consumers; those of hooks are left out.
struct Readership {
  std::vector<storage::Consumer> consumers;
  std::int64_t last = 0;  // of the event log
  storage::TimePoint now;
  Milliseconds timeout{};  // events.consumer_timeout
};
handlers::Check judge_lag(const Readership& readership);

handlers::Check judge_hooks(const std::vector<storage::Hook>& hooks);

}  // namespace nopassd::daemon
