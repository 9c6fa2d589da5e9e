#pragma once
// From what was written to a value that is of the key's type and in its range.
#include "daemon/config_entries.hpp"

#include <variant>
#include <vector>

namespace nopassd::daemon {

/// Not for keys of type clients. A list with several bad items has a fault for each.
std::variant<Value, std::vector<Fault>> read_value(const KeySpec& spec, const ConfigNode& node);

/// The [[site.client]] tables; those that are wrong are left out and are problems.
std::vector<SiteClient> read_clients(const Entry& entry, Problems& problems);

}  // namespace nopassd::daemon
