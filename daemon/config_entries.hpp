#pragma once
// Every key with what stands for it: the default, what the file says, or the last --set.
#include "daemon/config_keys.hpp"
#include "daemon/config_toml.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::daemon {

/// Where a value was given. `order` sorts problems: lines of the file first, then --set in their order.
struct Place {
  std::string text;
  std::uint64_t order = 0;
};

/// Collects problems and gives them in the order of their places.
class Problems {
 public:
  void add(const Place& place, std::string_view key, Fault fault);
  bool empty() const { return found_.empty(); }
  std::vector<ConfigProblem> take();

 private:
  struct Found {
    std::uint64_t order;
    ConfigProblem problem;
  };
  std::vector<Found> found_;
};

struct Entry {
  const KeySpec* spec = nullptr;
  ConfigNode node;
  Place place;
  bool given = false;  // not the default
  bool valid = false;  // `value` holds it, or `clients` does
  Value value = {};
  std::vector<SiteClient> clients = {};  // of a key of type clients
  std::string content = {};              // a digest of the file that it names, where that counts
};

using Entries = std::map<std::string_view, Entry>;

struct Collected {
  Entries entries;
  bool file_was_toml = true;
};

/// Unknown tables and keys and bad syntax are problems; values are not looked at.
Collected collect_entries(const ConfigSource& source, Problems& problems);

/// What the valid entries make, without notes.
Config config_from(const Entries& entries);

/// The default of a key, as a tree.
ConfigNode default_of(const KeySpec& spec);

/// What may have been meant by a key that does not exist, as a hint.
std::string suggest_key(std::string_view unknown);
/// Likewise for a table.
std::string suggest_table(std::string_view unknown);

}  // namespace nopassd::daemon
