#pragma once
// TOML as a plain tree, so that only config_toml.cpp needs to see the library.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nopassd::daemon {

struct ConfigMember;
struct ConfigNode {
  enum class Kind { boolean, integer, real, text, date, list, table };
  Kind kind = Kind::text;
  bool flag = false;
  std::int64_t number = 0;
  std::string text;                   // of text
  std::vector<ConfigNode> items;      // of list
  std::vector<ConfigMember> members;  // of table, in the order of their lines
  std::uint32_t line = 0;             // from 1
};

struct ConfigMember {
  std::string name;
  ConfigNode node;
};

struct SyntaxFault {
  std::uint32_t line = 0;
  std::string what;
};

/// A whole document: a table, or the first thing in it that is not TOML 1.0.
std::variant<ConfigNode, SyntaxFault> parse_toml(std::string_view text);

/// One value, as it would stand behind "key = "; nothing when it is none.
std::optional<ConfigNode> parse_toml_value(std::string_view text);

/// The value as TOML on one line; a list of tables on one line for each. Dates and reals, which no key takes, are
/// empty.
std::string format_toml(const ConfigNode& node);

/// Words for a message: "a string", "an integer", …
std::string_view kind_name(ConfigNode::Kind kind);

}  // namespace nopassd::daemon
