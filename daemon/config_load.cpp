#include "daemon/config_checks.hpp"
#include "daemon/config_files.hpp"
#include "daemon/config_reload.hpp"
#include "daemon/config_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace nopassd::daemon {
namespace {

void read_entry(Entry& entry, Problems& problems) {
  const KeySpec& spec = *entry.spec;
  if (spec.type == KeyType::clients) {
    entry.clients = read_clients(entry, problems);
    entry.valid = true;
    return;
  }
  auto read = read_value(spec, entry.node);
  if (auto* faults = std::get_if<std::vector<Fault>>(&read)) {
    for (auto& fault : *faults) problems.add(entry.place, spec.key, std::move(fault));
    return;
  }
  entry.value = std::get<Value>(std::move(read));
  entry.valid = true;
  if (spec.file) entry.content = digest_of_files(entry.value);
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

Config config_from(const Entries& entries) {
  Config config;
  for (const auto& spec : config_keys()) {
    const auto& entry = entries.at(spec.key);
    const bool unset = spec.optional && entry.value.blank();
    if (spec.type == KeyType::clients) config.clients = entry.clients;
    if (entry.valid && spec.store != nullptr && !unset) spec.store(config, entry.value);
  }
  derive(config);
  return config;
}

std::variant<LoadedConfig, std::vector<ConfigProblem>> load_entries(const ConfigSource& source) {
  Problems problems;
  auto collected = collect_entries(source, problems);
  for (const auto& spec : config_keys()) read_entry(collected.entries.at(spec.key), problems);
  LoadedConfig loaded{config_from(collected.entries), std::move(collected.entries)};
  // After bad syntax nothing of the file is known, and defaults would be blamed for what it may say.
  if (collected.file_was_toml) check_together(loaded.entries, loaded.config, problems);
  if (!problems.empty()) return problems.take();
  loaded.config.notes = notes_of(loaded.entries);
  return loaded;
}

std::variant<std::string, std::vector<ConfigProblem>> load_storage_path(const ConfigSource& source) {
  Problems problems;
  auto collected = collect_entries(source, problems);
  Entry& url = collected.entries.at("storage.url");
  read_entry(url, problems);
  if (!problems.empty()) return problems.take();
  Config config;
  url.spec->store(config, url.value);
  return config.storage_path;
}

std::variant<Config, std::vector<ConfigProblem>> load_config(const ConfigSource& source) {
  auto loaded = load_entries(source);
  if (auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) return std::move(*problems);
  return std::get<LoadedConfig>(std::move(loaded)).config;
}

}  // namespace nopassd::daemon
