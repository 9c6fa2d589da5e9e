#include "daemon/diagnosis_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nopassd::daemon {

using handlers::Check;
using Status = Check::Status;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

constexpr std::uint64_t mib = 1 << 20, gib = 1 << 30;
constexpr std::uint64_t least_available = 100 * mib;  // less is failing
constexpr std::uint64_t low_available = gib, low_percent = 10, ample_available = 10 * gib;
constexpr std::int64_t soon = 14;  // days, as certificate.expiring has it
constexpr storage::TimePoint not_before = std::chrono::sys_days(std::chrono::year(2025) / 1 / 1);
constexpr storage::TimePoint not_after = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);
constexpr std::int64_t long_lag = 100'000;
constexpr std::size_t most_named = 5;

std::string size_text(std::uint64_t bytes) {
  if (bytes >= gib) return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / static_cast<double>(gib));
  return fmt::format("{} MiB", bytes / mib);
}

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Roughly, for people: "3 d", "5 h", "40 s".
std::string span_text(Milliseconds span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span < Milliseconds(0) ? -span : span).count();
  if (seconds >= 2 * 86'400) return fmt::format("{} d", seconds / 86'400);
  if (seconds >= 2 * 3600) return fmt::format("{} h", seconds / 3600);
  return seconds >= 120 ? fmt::format("{} min", seconds / 60) : fmt::format("{} s", seconds);
}

/// The first few, and how many more there are.
std::string some_of(const std::vector<std::string>& sentences) {
  const auto named = std::min(sentences.size(), most_named);
  std::string text =
      fmt::format("{}", fmt::join(sentences.begin(), sentences.begin() + static_cast<std::ptrdiff_t>(named), "; "));
  if (named < sentences.size()) text += fmt::format("; and {} more", sentences.size() - named);
  return text;
}

Status judge_space(const DiskPlace& place) {
  if (!place.trouble.empty()) return Status::warning;
  if (place.available < least_available) return Status::failing;
  const bool low_share = place.available < ample_available && place.available / low_percent < place.capacity / 100;
  return place.available < low_available || low_share ? Status::warning : Status::ok;
}

/// What is wrong with one consumer; empty when nothing is.
std::string trouble_of(const storage::Consumer& consumer, const Readership& readership) {
  if (consumer.retired) return fmt::format("{} was retired, because nobody had read it for too long", consumer.name);
  const auto unseen = readership.now - consumer.last_seen;
  const auto lag = readership.last - consumer.acknowledged;
  const auto margin = std::min<Milliseconds>(hours(24), readership.timeout / 4);
  std::string text;
  if (unseen > readership.timeout - margin) {
    text = fmt::format("not seen for {} and about to be retired", span_text(unseen));
  } else if (unseen > hours(24)) {
    text = fmt::format("not seen for {}", span_text(unseen));
  }
  if (lag > long_lag) text += fmt::format("{}{} events behind", text.empty() ? "" : ", ", lag);
  return text.empty() ? text : fmt::format("{} {}", consumer.name, text);
}

std::string trouble_of(const storage::Hook& hook) {
  if (hook.paused) return fmt::format("{} is paused: its address has answered 410", hook.name);
  if (hook.failures == 0) return {};
  std::string text =
      fmt::format("{} has failed {} in a row", hook.name, counted(static_cast<std::uint64_t>(hook.failures), "time"));
  if (!hook.last_error) return text;
  const auto& error = *hook.last_error;
  if (error.status != 0) return text + fmt::format(", lastly with status {}", error.status);
  return text + fmt::format(", lastly: {}", error.detail);
}

}  // namespace

Check judge_soundness(const storage::Soundness& found, std::chrono::seconds patience) {
  Check check{"database_integrity", Status::ok, "no fault found (quick_check)", ""};
  if (!found.faults.empty()) {
    check.status = Status::failing;
    check.detail = some_of(found.faults);
    check.advice =
        "stop nopassd, keep a copy of the database's files, and restore the newest backup: docs/operations.md";
  } else if (!found.complete) {
    check.detail = fmt::format("no fault found in {} s, the whole takes longer; `nopassctl backup` checks a whole copy",
                               patience.count());
  }
  return check;
}

Check judge_disks(const std::vector<DiskPlace>& places) {
  Check check{"disk_space", Status::ok, "", ""};
  std::vector<std::string> sentences;
  for (const auto& place : places) {
    const Status status = judge_space(place);
    check.status = std::max(check.status, status);
    if (!place.trouble.empty()) {
      sentences.push_back(fmt::format("{}: {}", place.path, place.trouble));
      continue;
    }
    const auto percent = place.capacity == 0 ? 0 : place.available * 100 / place.capacity;
    sentences.push_back(fmt::format("{}: {} available, {} %", place.path, size_text(place.available), percent));
    if (status != Status::ok) {
      check.advice = "free some space, or move what grows there: with a full disk every callback is refused";
    }
  }
  check.detail = some_of(sentences);
  if (check.status != Status::ok && check.advice.empty()) {
    check.advice = "let the daemon write there, or name another folder in storage.backup_directory";
  }
  return check;
}

Check judge_nopass(std::string_view server, std::string_view trouble) {
  if (trouble.empty()) return {"nopass_server", Status::ok, fmt::format("{} takes connections", server), ""};
  // Callbacks come the other way and do not depend on it.
  return {"nopass_server", Status::warning, fmt::format("{}: {}", server, trouble),
          "see nopass.server, the name service (getent hosts) and what the firewall lets out"};
}

Check judge_callers(const CallersConfig& callers, CallbackCounts counts) {
  Check check{"callers", Status::ok, "", ""};
  if (callers.anybody) {
    check.status = callers.client_ca.empty() ? Status::warning : Status::ok;
    check.detail = callers.client_ca.empty() ? "anybody may send callbacks"
                                             : "anybody with a certificate of callers.client_ca may send callbacks";
    if (callers.client_ca.empty())
      check.advice = "list NoPass's addresses in callers.allow and set callers.anybody to false";
    return check;
  }
  check.detail = fmt::format("callbacks may come from {}", counted(callers.allow.size(), "network"));
  if (counts.refused > 0)
    check.detail += fmt::format("; refused since the start: {} of others", counted(counts.refused, "request"));
  if (callers.allow.empty()) {
    check.status = Status::failing;
    check.detail = "callers.allow is empty: every callback is refused";
    check.advice = "list NoPass's addresses, or your proxy's, in callers.allow, then `nopassctl reload`";
  } else if (counts.refused > 0 && counts.answered == 0) {
    check.status = Status::warning;
    check.detail += ", and no callback was accepted";
    check.advice = "if it was NoPass, add its address to callers.allow: the log names each refused caller";
  }
  return check;
}

Check judge_certificate(std::optional<storage::TimePoint> expires, storage::TimePoint now) {
  if (!expires) return {"certificate", Status::ok, "none: TLS is the proxy's", ""};
  const auto left = std::chrono::floor<days>(*expires - now).count();
  Check check{
      "certificate", Status::ok,
      fmt::format("valid for {} more", counted(static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0)), "day")),
      ""};
  if (left >= soon) return check;
  check.status = left > 0 ? Status::warning : Status::failing;
  if (left <= 0) check.detail = "has expired, or does within a day: NoPass cannot call";
  check.advice = "renew listener.tls_certificate, then `nopassctl reload`";
  return check;
}

Check judge_clock(const ClockFacts& facts) {
  const std::string now = storage::format_time(std::chrono::floor<std::chrono::seconds>(facts.wall));
  Check check{"clock", Status::ok, now, ""};
  constexpr const char* keep = "set the clock and keep it with NTP: lifetimes and certificates depend on it";
  if (facts.wall < not_before || facts.wall > not_after) {
    check.status = Status::failing;
    check.detail = fmt::format("{}: cannot be", now);
    check.advice = keep;
  } else if (facts.newest_event && facts.wall + std::chrono::seconds(1) < *facts.newest_event) {
    check.status = Status::failing;
    check.detail = fmt::format("{} is before the newest event, of {}", now, storage::format_time(*facts.newest_event));
    check.advice = fmt::format("{}; until it has passed that event, time stands still here", keep);
  } else if (facts.moved > minutes(1) || facts.moved < -minutes(1)) {
    check.status = Status::warning;
    check.detail = fmt::format("{}; it was moved by {} {} since the start", now, span_text(facts.moved),
                               facts.moved < Milliseconds(0) ? "back" : "forward");
    check.advice = "if it is right now, restart nopassd; if not, set it and keep it with NTP";
  }
  return check;
}

Check judge_lag(const Readership& readership) {
  std::vector<std::string> troubles;
  const storage::Consumer* behind = nullptr;
  std::size_t count = 0;
  for (const auto& consumer : readership.consumers) {
    if (consumer.owner == storage::hook_owner) continue;
    ++count;
    if (behind == nullptr || consumer.acknowledged < behind->acknowledged) behind = &consumer;
    if (auto trouble = trouble_of(consumer, readership); !trouble.empty()) troubles.push_back(std::move(trouble));
  }
  if (behind == nullptr) return {"consumer_lag", Status::ok, "no consumers", ""};
  if (!troubles.empty()) {
    return {"consumer_lag", Status::warning, some_of(troubles),
            "see why the site does not read; its Unix user can have one forgotten that nobody needs: `nopassctl "
            "consumers remove`"};
  }
  const auto lag = std::max<std::int64_t>(0, readership.last - behind->acknowledged);
  return {"consumer_lag", Status::ok,
          fmt::format("{}; {} is furthest behind, by {}", counted(count, "consumer"), behind->name,
                      counted(static_cast<std::uint64_t>(lag), "event")),
          ""};
}

Check judge_hooks(const std::vector<storage::Hook>& hooks) {
  if (hooks.empty()) return {"hooks", Status::ok, "none", ""};
  Check check{"hooks", Status::ok, fmt::format("{}, nothing failed", counted(hooks.size(), "hook")), ""};
  std::vector<std::string> troubles;
  for (const auto& hook : hooks) {
    auto trouble = trouble_of(hook);
    if (trouble.empty()) continue;
    check.status = std::max(check.status, hook.told && !hook.paused ? Status::failing : Status::warning);
    troubles.push_back(std::move(trouble));
  }
  if (troubles.empty()) return check;
  check.detail = some_of(troubles);
  check.advice =
      "`nopassctl hooks test NAME` shows what the address answers; `nopassctl hooks add` with its name resumes one";
  return check;
}

}  // namespace nopassd::daemon
