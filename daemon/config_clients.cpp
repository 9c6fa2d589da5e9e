#include "daemon/config_text.hpp"
#include "daemon/config_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nopassd::daemon {
namespace {

using Kind = ConfigNode::Kind;

constexpr std::string_view key = "site.client";
constexpr std::string_view one_of_three = "exactly one of uid, user and group";
constexpr std::int64_t largest_uid = 0xffff'fffe;  // the one above means "none"

/// Reads one table; what is wrong with it goes to the problems.
class ClientReader {
 public:
  ClientReader(const Entry& entry, Problems& problems) : entry_(entry), problems_(problems) {}

  SiteClient read(const ConfigNode& table) {
    int identities = 0;
    bool scopes = false;
    for (const auto& [name, node] : table.members) {
      identities += name == "uid" || name == "user" || name == "group" ? 1 : 0;
      scopes = scopes || name == "scopes";
      read_member(name, node);
    }
    if (identities != 1) {
      fault(table, "",
            {fmt::format("has {}", identities == 0 ? "no uid, user or group" : "more than one identity"),
             std::string(one_of_three)});
    }
    if (!scopes) fault(table, "", {"has no scopes", scopes_hint()});
    return client_;
  }

 private:
  /// In the file each line has its own place; an override has only one.
  void fault(const ConfigNode& node, std::string_view member, Fault what) {
    Place place = entry_.place;
    if (!place.text.starts_with("--set ")) {
      place.text = fmt::format("{}:{}", place.text.substr(0, place.text.rfind(':')), node.line);
      place.order = node.line;
    }
    problems_.add(place, member.empty() ? std::string(key) : fmt::format("{}.{}", key, member), std::move(what));
  }

  void read_member(std::string_view name, const ConfigNode& node) {
    if (name == "uid") return read_uid(node);
    if (name == "user") return read_name(node, name, client_.user, check_user);
    if (name == "group") return read_name(node, name, client_.group, check_group);
    if (name == "scopes") return read_scopes(node);
    fault(node, name, {"unknown key", "a client has uid, user or group, and scopes"});
  }

  void read_uid(const ConfigNode& node) {
    if (node.kind != Kind::integer || node.number < 0 || node.number > largest_uid) {
      return fault(node, "uid", {"is not a user's number", fmt::format("an integer, 0 to {}", largest_uid)});
    }
    client_.uid = static_cast<std::uint32_t>(node.number);
  }

  void read_name(const ConfigNode& node, std::string_view name, std::string& target, Fault (*check)(std::string&)) {
    if (node.kind != Kind::text) return fault(node, name, {fmt::format("is {}", kind_name(node.kind)), "a string"});
    target = node.text;
    if (auto wrong = check(target)) fault(node, name, std::move(wrong));
  }

  void read_scopes(const ConfigNode& node) {
    if (node.kind != Kind::list || node.items.empty()) {
      return fault(node, "scopes", {"is not a list of at least one scope", scopes_hint()});
    }
    for (const auto& item : node.items) {
      const auto scope = handlers::site::scope_named(item.text);
      if (!scope) {
        fault(item, "scopes", {fmt::format("\"{}\" is not a scope", item.text), scopes_hint()});
      } else {
        client_.scopes.set(static_cast<std::size_t>(*scope));
      }
    }
  }

  static std::string scopes_hint() { return fmt::format("any of {}", fmt::join(handlers::site::scope_names, " ")); }

  const Entry& entry_;
  Problems& problems_;
  SiteClient client_;
};

}  // namespace

std::vector<SiteClient> read_clients(const Entry& entry, Problems& problems) {
  const bool tables = entry.node.kind == Kind::list &&
                      std::ranges::all_of(entry.node.items, [](const auto& item) { return item.kind == Kind::table; });
  if (!tables) {
    problems.add(entry.place, key, {"is not an array of tables", "[[site.client]], once for each client"});
    return {};
  }
  std::vector<SiteClient> result;
  for (const auto& table : entry.node.items) result.push_back(ClientReader(entry, problems).read(table));
  return result;
}

}  // namespace nopassd::daemon
