#include "daemon/diagnosis.hpp"

#include "daemon/nopass_probe.hpp"
#include "handlers/callback/callbacks.hpp"
#include "storage/lifecycle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace nopassd::daemon {

namespace asio = boost::asio;
using handlers::Check;

namespace {

Milliseconds clock_offset() {
  const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
  return storage::system_now().time_since_epoch() - std::chrono::duration_cast<Milliseconds>(monotonic);
}

std::filesystem::path folder_of(const std::filesystem::path& file) { return file.parent_path(); }

DiskPlace look_at(const std::filesystem::path& folder) {
  DiskPlace place{folder.string(), 0, 0, {}};
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) {
    place.trouble = error.message();
  } else if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    place.trouble = "cannot be written";
  }
  place.capacity = space.capacity;
  place.available = space.available;
  return place;
}

/// The folder of the backups, or the one that it will be made in.
DiskPlace look_at_backups(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_directory(folder, error)) {
    return {folder.string(), 0, 0, "is no folder: backups fail"};
  }
  const bool there = std::filesystem::is_directory(folder, error);
  DiskPlace place = look_at(there ? folder : folder_of(folder));
  place.path = folder.string();
  if (place.trouble.empty()) return place;
  place.trouble = fmt::format("{}{}: backups fail", there ? "" : "is not there and cannot be made: ", place.trouble);
  return place;
}

struct Remembered {
  std::vector<storage::Consumer> consumers;
  std::vector<storage::Hook> hooks;
  std::int64_t last = 0;
  std::optional<storage::TimePoint> newest_event;
};

Remembered recall(storage::Snapshot& snapshot) {
  const auto log = snapshot.event_log();
  Remembered found{snapshot.consumers(), snapshot.hooks(), log.last, std::nullopt};
  // Judged by where the next event for them stands.
  for (auto& consumer : found.consumers) consumer.acknowledged = log.last - storage::lag_of(snapshot, consumer);
  storage::EventQuery query;
  query.after = std::max(log.swept, log.last - 1);
  query.limit = 1;
  if (const auto page = snapshot.events_after(query); !page.events.empty())
    found.newest_event = page.events.back().time;
  return found;
}

CallbackCounts counts_of(const handlers::Metrics& metrics) {
  CallbackCounts counts;
  counts.refused = metrics.callers_refused.value();
  static_assert(handlers::counted_statuses[0] == 200);
  for (std::size_t row = 0; row < handlers::callback::names.size(); ++row) {
    counts.answered += metrics.callback_replies.value(row, 0);
  }
  return counts;
}

std::optional<storage::TimePoint> expiry(const handlers::Metrics& metrics) {
  const auto seconds = metrics.certificate_expires.value();
  if (seconds == 0) return std::nullopt;
  return storage::TimePoint{std::chrono::seconds(seconds)};
}

}  // namespace

Diagnosis::Diagnosis(Examined examined) : examined_(examined), offset_(clock_offset()) {}

Check Diagnosis::look_at_database(const std::string& path, const std::stop_token& stop) {
  const auto began = std::chrono::steady_clock::now();
  if (soundness_ && began - soundness_at_ < std::chrono::seconds(1)) return *soundness_;
  try {
    const auto found = storage::check_soundness(path, began + soundness_patience, stop);
    soundness_ = judge_soundness(found, soundness_patience);
  } catch (const storage::BackupError& error) {
    soundness_ = {"database_integrity", Check::Status::failing, error.what(), "see nopassd's log and the disk (dmesg)"};
  }
  soundness_at_ = std::chrono::steady_clock::now();
  return *soundness_;
}

Diagnosis::OnDisk Diagnosis::look_at_disk(const InForce& in_force, const std::stop_token& stop) {
  const std::string& database = in_force.config.storage_path;
  return {look_at_database(database, stop),
          judge_disks({look_at(folder_of(database)), look_at_backups(in_force.config.backup_directory)})};
}

ClockFacts Diagnosis::clock_facts() const { return {storage::system_now(), clock_offset() - offset_, std::nullopt}; }

asio::awaitable<std::vector<Check>> Diagnosis::examine() {
  const auto in_force = examined_.in_force.get();
  const Config& config = in_force->config;
  auto look = [this, in_force](const std::stop_token& stop) { return look_at_disk(*in_force, stop); };
  const OnDisk on_disk = co_await background_.run(std::move(look));
  const std::string trouble = co_await probe(config.nopass_server, nopass_patience);
  const auto remembered = co_await examined_.store.read(recall);

  std::vector<Check> checks{on_disk.soundness, on_disk.space, judge_nopass(config.nopass_server, trouble),
                            judge_callers(config.callers, counts_of(examined_.metrics)),
                            judge_certificate(expiry(examined_.metrics), storage::system_now())};
  ClockFacts clock = clock_facts();
  if (!remembered) {
    checks.push_back(judge_clock(clock));
    checks.push_back({"consumer_lag", Check::Status::failing, "the store cannot be read", "see nopassd's log"});
    co_return checks;
  }
  clock.newest_event = remembered->newest_event;
  checks.push_back(judge_clock(clock));
  checks.push_back(
      judge_lag({remembered->consumers, remembered->last, examined_.store.now(), config.retention.consumer_timeout}));
  checks.push_back(judge_hooks(remembered->hooks));
  co_return checks;
}

}  // namespace nopassd::daemon
