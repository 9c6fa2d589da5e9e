#include "daemon/config_toml.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace nopassd::daemon {
namespace {

using Kind = ConfigNode::Kind;

ConfigNode convert(const toml::node& node);

ConfigNode convert_table(const toml::table& table) {
  // toml++ sorts by name; problems read better in the order of the file.
  std::vector<std::pair<const toml::key*, const toml::node*>> members;
  for (const auto& [key, value] : table) members.emplace_back(&key, &value);
  std::ranges::stable_sort(members, {}, [](const auto& member) {
    const auto& begin = member.first->source().begin;
    return std::pair(begin.line, begin.column);
  });
  ConfigNode result;
  result.kind = Kind::table;
  for (const auto& [key, value] : members) {
    result.members.push_back({std::string(key->str()), convert(*value)});
    result.members.back().node.line = key->source().begin.line;
  }
  return result;
}

ConfigNode convert(const toml::node& node) {
  ConfigNode result;
  if (const auto* table = node.as_table()) {
    result = convert_table(*table);
  } else if (const auto* list = node.as_array()) {
    result.kind = Kind::list;
    for (const auto& item : *list) result.items.push_back(convert(item));
  } else if (const auto* text = node.as_string()) {
    result.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    result.kind = Kind::integer;
    result.number = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    result.kind = Kind::boolean;
    result.flag = flag->get();
  } else {
    result.kind = node.is_floating_point() ? Kind::real : Kind::date;
  }
  result.line = node.source().begin.line;
  return result;
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string format_table(const ConfigNode& table) {
  std::string result = "{ ";
  for (const auto& [key, value] : table.members) {
    if (result.size() > 2) result += ", ";
    result += key + " = " + format_toml(value);
  }
  return result + " }";
}

std::string format_list(const ConfigNode& list) {
  const bool of_tables = !list.items.empty() && list.items.front().kind == Kind::table;
  std::string result = "[";
  for (const auto& item : list.items) {
    if (of_tables) {
      result += "\n  " + format_toml(item) + ",";
    } else {
      if (result.size() > 1) result += ", ";
      result += format_toml(item);
    }
  }
  return result + (of_tables ? "\n]" : "]");
}

}  // namespace

std::variant<ConfigNode, SyntaxFault> parse_toml(std::string_view text) {
  try {
    return convert_table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return SyntaxFault{error.source().begin.line, std::string(error.description())};
  }
}

std::optional<ConfigNode> parse_toml_value(std::string_view text) {
  const auto document = parse_toml(fmt::format("value = {}\n", text));
  const auto* table = std::get_if<ConfigNode>(&document);
  // A line break in the text could bring keys of its own.
  if (table == nullptr || table->members.size() != 1) return std::nullopt;
  return table->members.front().node;
}

std::string format_toml(const ConfigNode& node) {
  switch (node.kind) {
    case Kind::boolean:
      return node.flag ? "true" : "false";
    case Kind::integer:
      return std::to_string(node.number);
    case Kind::text:
      return quote(node.text);
    case Kind::list:
      return format_list(node);
    case Kind::table:
      return format_table(node);
    case Kind::real:
    case Kind::date:
      break;
  }
  return {};
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::real:
      return "a real number";
    case Kind::text:
      return "a string";
    case Kind::date:
      return "a date or time";
    case Kind::list:
      return "a list";
    case Kind::table:
      return "a table";
  }
  return {};
}

}  // namespace nopassd::daemon
