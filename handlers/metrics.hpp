#pragma once
// What /metrics tells that nobody else remembers: handlers and daemon count here while they work. docs/metrics.md.
// Bounded: every label comes from a table of ours, never from a request.
#include "handlers/figures.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace nopassd::handlers {

/// The statuses that are counted by themselves; others count as the last, which stands for them.
inline constexpr std::array<unsigned, 25> counted_statuses = {200, 201, 202, 204, 304, 400, 401, 403, 404,
                                                              405, 406, 408, 409, 410, 413, 415, 417, 422,
                                                              429, 431, 500, 502, 503, 504, 0};

/// Replies by row of a table and by status.
template <std::size_t Rows>
class Replies {
 public:
  void add(std::size_t row, unsigned status) { counts_[row][place_of(status)].add(); }
  /// `place` is a position in counted_statuses.
  std::uint64_t value(std::size_t row, std::size_t place) const { return counts_[row][place].value(); }

 private:
  static std::size_t place_of(unsigned status) {
    std::size_t place = 0;
    while (counted_statuses[place] != status && place + 1 < counted_statuses.size()) ++place;
    return place;
  }
  std::array<std::array<Counter, counted_statuses.size()>, Rows> counts_;
};

/// What only the daemon can tell, when it is asked.
struct ProcessFigures {
  std::int64_t started_at = 0;  // seconds of the Unix epoch
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t most_files = 0;
  struct Listener {
    std::string_view name;
    std::size_t open = 0;
    std::uint64_t turned_away = 0;  // connections beyond the limit
  };
  std::vector<Listener> listeners;
};

/// Thread-safe. Outlives all who count.
struct Metrics {
  static constexpr std::size_t callbacks = 11;
  static constexpr std::size_t most_endpoints = 160;

  // By position in callback::names; the last row is for paths that are no callback's.
  Replies<callbacks + 1> callback_replies;
  std::array<Times, callbacks + 1> callback_times;
  // By position in site::endpoints(); the last row is for what no endpoint answered.
  Replies<most_endpoints + 1> site_replies;
  Times site_times;  // of those that neither wait nor stream
  Gauge polls;       // requests that wait
  Gauge streams;

  Counter callers_refused;
  Counter strangers_refused;   // connections of a stranger who holds enough already
  Counter callers_too_fast;    // 429 to a caller
  Counter clients_too_fast;    // 429 to a client, by its quota
  Counter starts_too_many;     // 429 to the start of a session
  Counter otps_refused;        // registrations that NoPass started and that policy or site refused
  Counter questions_asked;     // put to the site
  Counter questions_answered;  // callbacks that the site's answer decided
  Counter questions_fallback;  // callbacks that policy.fallback decided
  Counter hooks_delivered;     // calls of hooks that took what they got
  Counter hooks_failed;        // those that did not
  // What the daemon asks of NoPass, by call and by end.
  enum class NopassCall { request_authorization, pre_register_user, delete_user };
  enum class NopassEnd { done, refused, unreachable, silent };
  static constexpr std::size_t nopass_calls = 3;
  static constexpr std::size_t nopass_ends = 4;
  std::array<std::array<Counter, nopass_ends>, nopass_calls> nopass_replies;
  Times nopass_times;

  // The live socket.
  enum class LiveRequest { status, picture, events, asset, other };
  static constexpr std::size_t live_requests = 5;
  Replies<live_requests> live_replies;
  Gauge live_streams;
  Counter live_guesses;   // tickets that nobody has
  Counter live_too_fast;  // of these, those that were answered 429

  Counter tokens_issued;
  Counter tokens_refused;  // requests of tokens with a wrong id or secret

  Sizes commit_sizes;
  Times commit_times;
  Counter commits_failed;

  /// Seconds of the Unix epoch: when the first certificate of the listener expires; 0 without TLS.
  Gauge certificate_expires;

  /// Set before anybody asks, and not changed afterwards. Thread-safe.
  std::function<ProcessFigures()> process = [] { return ProcessFigures{}; };
};

}  // namespace nopassd::handlers
