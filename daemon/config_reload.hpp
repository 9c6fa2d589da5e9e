#pragma once
// The configuration read again while the daemon runs: what differs, and what of it can hold at once.
#include "daemon/config_entries.hpp"

#include <string>
#include <variant>
#include <vector>

namespace nopassd::daemon {

/// A configuration, and what every key of it stands for.
struct LoadedConfig {
  Config config;
  Entries entries;
};

/// load_config, with the entries.
std::variant<LoadedConfig, std::vector<ConfigProblem>> load_entries(const ConfigSource& source);

/// What holds after a reload. Keys that need a restart keep the value that is in force.
struct NextConfig {
  LoadedConfig loaded;
  std::vector<std::string> changed;
  std::vector<std::string> restart;
};

/// Reads the source and compares. A source that is wrong by itself, or together with what has to stay until a restart,
/// is problems. A file behind an unchanged path counts as changed when its content is.
std::variant<NextConfig, std::vector<ConfigProblem>> load_next(const ConfigSource& source,
                                                               const LoadedConfig& in_force);

}  // namespace nopassd::daemon
