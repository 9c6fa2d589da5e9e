#pragma once
// What keys mean to one another: combinations that are wrong, and those that an operator should know of.
#include "daemon/config_entries.hpp"

namespace nopassd::daemon {

/// Looks only at keys that are valid by themselves.
void check_together(const Entries& entries, const Config& config, Problems& problems);

/// Those of them that values in force can break together with new ones beside them.
void check_mixed(const Entries& entries, const Config& config, Problems& problems);

/// The sentences for Config::notes, of a configuration without problems.
std::vector<std::string> notes_of(const Entries& entries);

}  // namespace nopassd::daemon
