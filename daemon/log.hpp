#pragma once
// The daemon's log: lines to stderr, as text or JSON; with journal priorities when stderr is the journal.
#include "daemon/config.hpp"

#include <atomic>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nopassd::daemon {

/// With three digits behind the point.
std::string milliseconds(std::chrono::nanoseconds time);

/// Thread-safe. Messages and fields must hold no secret; line ends and control characters in them are escaped;
/// empty fields are left out.
class Log {
 public:
  using Field = std::pair<std::string_view, std::string_view>;
  using Fields = std::initializer_list<Field>;

  Log(LogLevel level, bool json);
  ~Log();

  bool enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
  /// For what is written from now on.
  void set(LogLevel level, bool json);
  void write(LogLevel level, std::string_view message, Fields fields = {});
  /// As write() at level info, whatever the log level is.
  void announce(std::string_view message, Fields fields = {});
  /// For what anybody outside can cause: at most 50 lines a second, then a count of those left out.
  void write_limited(LogLevel level, std::string_view message, Fields fields = {});

 private:
  struct Impl;
  std::atomic<LogLevel> level_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nopassd::daemon
