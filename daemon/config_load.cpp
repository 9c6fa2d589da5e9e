#include "daemon/config_checks.hpp"
#include "daemon/config_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace nopassd::daemon {
namespace {

/// Reads every entry's value and stores the valid ones.
Config store_values(Entries& entries, Problems& problems) {
  Config config;
  for (const auto& spec : config_keys()) {
    auto& entry = entries.at(spec.key);
    if (spec.type == KeyType::clients) {
      config.clients = read_clients(entry, problems);
      continue;
    }
    auto read = read_value(spec, entry.node);
    if (auto* faults = std::get_if<std::vector<Fault>>(&read)) {
      for (auto& fault : *faults) problems.add(entry.place, spec.key, std::move(fault));
      continue;
    }
    entry.value = std::get<Value>(std::move(read));
    entry.valid = true;
    const bool unset = spec.optional && entry.value.text.empty();
    if (spec.store != nullptr && !unset) spec.store(config, entry.value);
  }
  return config;
}

/// What follows from the keys without being one.
void derive(Config& config) {
  using std::chrono::hours;
  // Repeats of a callback are recognised by the ended record: a test that keeps events for a second still has a day.
  config.retention.ended_records = std::max<Milliseconds>(config.retention.events, hours(24));
  config.retention.sealed_token = hours(24 * 7);
  config.handlers.event_source = fmt::format("/nopassd/{}", config.name);
  config.handlers.callers_anybody = config.callers.anybody;
  config.handlers.version = NOPASSD_VERSION;
}

}  // namespace

std::variant<Config, std::vector<ConfigProblem>> load_config(const ConfigSource& source) {
  Problems problems;
  auto collected = collect_entries(source, problems);
  auto config = store_values(collected.entries, problems);
  // After bad syntax nothing of the file is known, and defaults would be blamed for what it may say.
  if (collected.file_was_toml) check_together(collected.entries, config, problems);
  if (!problems.empty()) return problems.take();
  config.notes = notes_of(collected.entries);
  derive(config);
  return config;
}

}  // namespace nopassd::daemon
