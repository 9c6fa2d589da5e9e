#include "daemon/config_reload.hpp"

#include "daemon/config_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nopassd::daemon {

namespace {

/// "5m" and "300s" are the same; two files of the same content are not.
bool is_same(const Entry& left, const Entry& right) {
  const KeyType type = left.spec->type;
  if (type == KeyType::clients) return format_toml(left.node) == format_toml(right.node);
  const bool spelled = type != KeyType::text || left.node.text == right.node.text;
  return spelled && left.value == right.value && left.content == right.content;
}

bool has_tls(const LoadedConfig& loaded) { return loaded.config.listener.tls(); }

/// A listener does not change between HTTP and HTTPS while it listens: then nothing of its TLS changes.
bool waits_for_restart(const KeySpec& spec, bool tls_switched) { return spec.restart || (spec.file && tls_switched); }

}  // namespace

std::variant<NextConfig, std::vector<ConfigProblem>> load_next(const ConfigSource& source,
                                                               const LoadedConfig& in_force) {
  auto read = load_entries(source);
  if (auto* problems = std::get_if<std::vector<ConfigProblem>>(&read)) return std::move(*problems);
  NextConfig next{std::get<LoadedConfig>(std::move(read)), {}, {}};
  Entries& entries = next.loaded.entries;
  const bool tls_switched = has_tls(next.loaded) != has_tls(in_force);
  for (const auto& spec : config_keys()) {
    auto& entry = entries.at(spec.key);
    const auto& before = in_force.entries.at(spec.key);
    if (is_same(before, entry)) continue;
    const bool waits = waits_for_restart(spec, tls_switched);
    (waits ? next.restart : next.changed).emplace_back(spec.key);
    if (waits) entry = before;
  }
  if (next.restart.empty()) return next;

  next.loaded.config = config_from(entries);
  Problems problems;
  check_mixed(entries, next.loaded.config, problems);
  next.loaded.config.notes = notes_of(entries);
  if (problems.empty()) return next;
  auto found = problems.take();
  for (auto& problem : found) {
    problem.what += fmt::format(", because {} would stay as it is until a restart", fmt::join(next.restart, ", "));
    problem.hint += ", or a restart instead of a reload";
  }
  return found;
}

}  // namespace nopassd::daemon
