#include "daemon/config_keys.hpp"

#include "daemon/config_units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nopassd::daemon {
namespace {

constexpr TableSpec tables[] = {
    {"daemon", "The process itself."},
    {"listener", "Where the NoPass server's callbacks arrive. Plain HTTP is served on loopback only."},
    {"callers", "Who may send callbacks. They carry no proof of who sends them."},
    {"callbacks", "How callbacks are answered."},
    {"registration", "How this portal is registered with NoPass."},
    {"sessions", "Logins."},
    {"registrations", "Registrations of users."},
    {"users", "Users."},
    {"policy", "What to do with callbacks that a site may want to refuse."},
    {"site", "The socket of the website's backend, and who may do what on it."},
    {"live", "The socket for browsers, behind the site's web server."},
    {"events", "The event log and its consumers."},
    {"hooks", "Addresses that events may be sent to."},
    {"storage", "What is remembered, and where."},
    {"metrics", "Figures for Prometheus."},
    {"nopass", "The NoPass server, as the daemon calls it."},
};

}  // namespace

std::span<const TableSpec> config_tables() { return tables; }

const std::vector<KeySpec>& config_keys() {
  static const std::vector<KeySpec> all = [] {
    std::vector<KeySpec> result;
    for (const auto part : {listener_keys(), service_keys(), site_keys()}) {
      result.insert(result.end(), part.begin(), part.end());
    }
    return result;
  }();
  return all;
}

const KeySpec* find_key(std::string_view key) {
  const auto& all = config_keys();
  const auto found = std::ranges::find(all, key, &KeySpec::key);
  return found == all.end() ? nullptr : &*found;
}

std::string range_of(const KeySpec& spec) {
  switch (spec.type) {
    case KeyType::boolean:
      return "`true`, `false`";
    case KeyType::integer:
      return fmt::format("{} to {}", spec.least, spec.most);
    case KeyType::duration:
      return fmt::format("{} to {}", format_duration(spec.least), format_duration(spec.most));
    case KeyType::size:
      return fmt::format("{} to {}", format_size(spec.least), format_size(spec.most));
    case KeyType::choice:
      return fmt::format("`\"{}\"`", fmt::join(spec.choices, "\"`, `\""));
    case KeyType::text:
    case KeyType::texts:
    case KeyType::list:
    case KeyType::clients:
      break;
  }
  return std::string(spec.range);
}

std::string_view type_name(KeyType type) {
  switch (type) {
    case KeyType::boolean:
      return "boolean";
    case KeyType::integer:
      return "integer";
    case KeyType::duration:
      return "duration";
    case KeyType::size:
      return "size";
    case KeyType::text:
    case KeyType::choice:
      return "string";
    case KeyType::texts:
      return "string, or list of strings";
    case KeyType::list:
      return "list of strings";
    case KeyType::clients:
      return "array of tables";
  }
  return {};
}

}  // namespace nopassd::daemon
