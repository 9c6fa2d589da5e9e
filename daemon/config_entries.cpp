#include "daemon/config_entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nopassd::daemon {
namespace {

constexpr std::uint64_t first_override = std::uint64_t{1} << 32;  // behind every line

bool is_table(std::string_view name) {
  return std::ranges::any_of(config_tables(), [&](const auto& table) { return table.name == name; });
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

class Collector {
 public:
  Collector(const ConfigSource& source, Problems& problems) : source_(source), problems_(problems) {}

  Collected collect() {
    for (const auto& spec : config_keys()) {
      result_.entries.emplace(spec.key, Entry{&spec, default_of(spec), Place{source_.file, 0}});
    }
    read_file();
    for (std::size_t i = 0; i < source_.overrides.size(); ++i) read_override(source_.overrides[i], first_override + i);
    return std::move(result_);
  }

 private:
  Place line(std::uint32_t number) const { return {fmt::format("{}:{}", source_.file, number), number}; }

  void read_file() {
    auto document = parse_toml(source_.text);
    if (const auto* fault = std::get_if<SyntaxFault>(&document)) {
      result_.file_was_toml = false;
      problems_.add(line(fault->line), "", {"is not TOML: " + fault->what, "see https://toml.io/en/v1.0.0"});
      return;
    }
    for (auto& [name, node] : std::get<ConfigNode>(document).members) read_table(name, node);
  }

  void read_table(const std::string& name, ConfigNode& table) {
    if (!is_table(name)) {
      const bool key = table.kind != ConfigNode::Kind::table;
      return problems_.add(line(table.line), name, {key ? "unknown key" : "unknown table", suggest_table(name)});
    }
    if (table.kind != ConfigNode::Kind::table) {
      return problems_.add(line(table.line), name, {"is a table, not a value", fmt::format("[{}]", name)});
    }
    for (auto& [key, node] : table.members) {
      const auto place = line(node.line);
      put(fmt::format("{}.{}", name, key), std::move(node), place);
    }
  }

  /// False when there is no such key.
  bool put(const std::string& key, ConfigNode node, const Place& place) {
    const auto found = result_.entries.find(key);
    if (found == result_.entries.end()) {
      problems_.add(place, key, {"unknown key", suggest_key(key)});
      return false;
    }
    found->second.node = std::move(node);
    found->second.place = place;
    found->second.given = true;
    return true;
  }

  void read_override(std::string_view text, std::uint64_t order) {
    const auto equals = text.find('=');
    const std::string key(trimmed(text.substr(0, equals)));
    const Place place{"--set " + key, order};
    if (equals == std::string_view::npos) {
      return problems_.add(place, key, {"has no value", "--set table.key=value"});
    }
    put(key, override_value(key, trimmed(text.substr(equals + 1))), place);
  }

  /// Strings may go unquoted: a name such as 42 is one where the key takes strings.
  static ConfigNode override_value(std::string_view key, std::string_view text) {
    const auto* spec = find_key(key);
    const bool takes_text = spec != nullptr && (spec->type == KeyType::text || spec->type == KeyType::choice);
    const bool quoted = text.starts_with('"') || text.starts_with('\'');
    if (!takes_text || quoted) {
      if (auto value = parse_toml_value(text)) return *value;
    }
    ConfigNode node;
    node.text = text;
    return node;
  }

  const ConfigSource& source_;
  Problems& problems_;
  Collected result_;
};

}  // namespace

void Problems::add(const Place& place, std::string_view key, Fault fault) {
  found_.push_back(
      {place.order, ConfigProblem{place.text, std::string(key), std::move(fault.what), std::move(fault.hint)}});
}

std::vector<ConfigProblem> Problems::take() {
  std::ranges::stable_sort(found_, {}, &Found::order);
  std::vector<ConfigProblem> result;
  for (auto& found : found_) result.push_back(std::move(found.problem));
  found_.clear();
  return result;
}

Collected collect_entries(const ConfigSource& source, Problems& problems) {
  return Collector(source, problems).collect();
}

ConfigNode default_of(const KeySpec& spec) { return parse_toml_value(spec.fallback).value(); }

}  // namespace nopassd::daemon
