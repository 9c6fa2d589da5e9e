#include "daemon/config_entries.hpp"
#include "daemon/config_text.hpp"

#include <fmt/format.h>

namespace nopassd::daemon {
namespace {

constexpr std::size_t comment_width = 100;

/// URLs are the only values that can hold a password: every other secret stands in a file.
void mask(ConfigNode& node) {
  if (node.kind == ConfigNode::Kind::text) node.text = mask_password(node.text);
  for (auto& item : node.items) mask(item);
}

/// The text as comment lines of at most comment_width characters.
std::string comment(std::string_view text) {
  std::string result, line = "#";
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (line.size() + 1 + end > comment_width) {
      result += line + "\n";
      line = "#";
    }
    line += fmt::format(" {}", text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result + line + "\n";
}

std::string without_backticks(std::string text) {
  std::erase(text, '`');
  return text;
}

/// Unit, range and default, and whether a change needs a restart.
std::string facts(const KeySpec& spec) {
  std::string result{type_name(spec.type)};
  if (!spec.unit.empty()) result += fmt::format(" of {}", spec.unit);
  if (spec.type == KeyType::integer && !spec.unit.empty()) result = std::string(spec.unit);
  result += fmt::format(": {}; default: {}", range_of(spec), spec.fallback == "\"\"" ? "none" : spec.fallback);
  if (spec.restart) result += "; needs a restart";
  return without_backticks(std::move(result));
}

constexpr std::string_view client_example =
    "# [[site.client]]\n"
    "# user = \"www-data\"\n"
    "# scopes = [\"events:read\", \"sessions:read\", \"sessions:write\", \"users:read\"]\n";

std::string commented_key(const KeySpec& spec) {
  auto result = comment(without_backticks(std::string(spec.help)));
  result += comment(fmt::format("({})", facts(spec)));
  if (spec.type == KeyType::clients) return result.append(client_example);
  return result + fmt::format("# {} = {}\n", spec.name(), spec.fallback);
}

}  // namespace

std::string print_config(const ConfigSource& source) {
  Problems problems;
  auto collected = collect_entries(source, problems);
  std::string result;
  for (const auto& table : config_tables()) {
    result += fmt::format("{}[{}]\n", result.empty() ? "" : "\n", table.name);
    for (const auto& spec : config_keys()) {
      if (spec.table() != table.name) continue;
      auto& entry = collected.entries.at(spec.key);
      mask(entry.node);
      result += fmt::format("{} = {}\n", spec.name(), format_toml(entry.node));
    }
  }
  return result;
}

std::string commented_config() {
  std::string result =
      "# The configuration of nopassd, in TOML 1.0. Every key is shown with its default; take away the\n"
      "# leading \"# \" to change it. Durations: 500ms 2s 15m 24h 7d. Sizes: 512B 16KiB 8MiB 1GiB, or bytes.\n"
      "# After a change: nopassd --check-config, then nopassctl reload\n";
  for (const auto& table : config_tables()) {
    result += fmt::format("\n{}[{}]\n", comment(table.help), table.name);
    for (const auto& spec : config_keys()) {
      if (spec.table() == table.name) result += "\n" + commented_key(spec);
    }
  }
  return result;
}

}  // namespace nopassd::daemon
