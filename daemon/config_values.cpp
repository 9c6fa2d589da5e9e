#include "daemon/config_values.hpp"

#include "daemon/config_units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nopassd::daemon {
namespace {

using Kind = ConfigNode::Kind;
using Read = std::variant<Value, std::vector<Fault>>;

constexpr std::size_t longest_text = 4096;

std::vector<Fault> one(std::string what, std::string hint) { return {Fault{std::move(what), std::move(hint)}}; }

/// What would be right, with an example where the type alone does not show how it is written.
std::string wanted(const KeySpec& spec) {
  const auto range = range_of(spec);
  switch (spec.type) {
    case KeyType::boolean:
      return "true or false, without quotes";
    case KeyType::integer:
      return fmt::format("an integer, {}, without quotes", range);
    case KeyType::duration:
      return fmt::format("{}, such as {}; units ms s m h d", range, spec.fallback);
    case KeyType::size:
      return fmt::format("{}, such as {}; units B KiB MiB GiB, or bytes", range, spec.fallback);
    case KeyType::choice:
      return fmt::format("one of \"{}\"", fmt::join(spec.choices, "\", \""));
    case KeyType::text:
      return fmt::format("a string in quotes: {}", range);
    case KeyType::texts:
      return fmt::format("a string in quotes, or a list of them in brackets: {}", range);
    case KeyType::list:
      return fmt::format("a list of strings in brackets: {}", range);
    case KeyType::clients:
      break;
  }
  return range;
}

std::vector<Fault> wrong_type(const KeySpec& spec, const ConfigNode& node) {
  return one(fmt::format("is {}", kind_name(node.kind)), wanted(spec));
}

Fault check_text(const KeySpec& spec, std::string& text) {
  const bool control =
      std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control) return {"holds a control character", wanted(spec)};
  if (text.size() > longest_text) return {"is too long", fmt::format("at most {} bytes", longest_text)};
  if (spec.optional && text.empty()) return {};
  return spec.check(text);
}

Read in_range(const KeySpec& spec, std::int64_t number, std::string_view written) {
  if (number >= spec.least && number <= spec.most) return Value{.number = number};
  return one(fmt::format("{} is out of range", written), wanted(spec));
}

Read read_integer(const KeySpec& spec, const ConfigNode& node) {
  if (node.kind != Kind::integer) return wrong_type(spec, node);
  return in_range(spec, node.number, std::to_string(node.number));
}

Read read_duration(const KeySpec& spec, const ConfigNode& node) {
  if (node.kind != Kind::text) return wrong_type(spec, node);
  const auto milliseconds = parse_duration(node.text);
  if (!milliseconds) return one("is not a duration", wanted(spec));
  return in_range(spec, *milliseconds, node.text);
}

Read read_size(const KeySpec& spec, const ConfigNode& node) {
  if (node.kind == Kind::integer) return in_range(spec, node.number, std::to_string(node.number));
  if (node.kind != Kind::text) return wrong_type(spec, node);
  const auto bytes = parse_size(node.text);
  if (!bytes) return one("is not a size", wanted(spec));
  return in_range(spec, *bytes, node.text);
}

Read read_choice(const KeySpec& spec, const ConfigNode& node) {
  if (node.kind != Kind::text) return wrong_type(spec, node);
  const auto found = std::ranges::find(spec.choices, node.text);
  if (found == spec.choices.end()) return one("is not one of its values", wanted(spec));
  return Value{.number = found - spec.choices.begin(), .text = node.text};
}

Read read_text(const KeySpec& spec, const ConfigNode& node) {
  if (node.kind != Kind::text) return wrong_type(spec, node);
  Value value{.text = node.text};
  if (auto fault = check_text(spec, value.text)) return std::vector<Fault>{std::move(fault)};
  return value;
}

Read read_list(const KeySpec& spec, const ConfigNode& node) {
  if (node.kind != Kind::list) return wrong_type(spec, node);
  Value value;
  std::vector<Fault> faults;
  for (const auto& item : node.items) {
    value.items.push_back(item.text);
    if (item.kind != Kind::text) {
      faults.push_back({fmt::format("holds {}", kind_name(item.kind)), wanted(spec)});
    } else if (auto fault = check_text(spec, value.items.back())) {
      faults.push_back(std::move(fault));
    }
  }
  if (!faults.empty()) return faults;
  return value;
}

Read read_texts(const KeySpec& spec, const ConfigNode& node) {
  if (node.kind != Kind::text) return read_list(spec, node);
  ConfigNode list;
  list.kind = Kind::list;
  if (!node.text.empty()) list.items.push_back(node);
  return read_list(spec, list);
}

}  // namespace

Read read_value(const KeySpec& spec, const ConfigNode& node) {
  switch (spec.type) {
    case KeyType::boolean:
      if (node.kind != Kind::boolean) return wrong_type(spec, node);
      return Value{.flag = node.flag};
    case KeyType::integer:
      return read_integer(spec, node);
    case KeyType::duration:
      return read_duration(spec, node);
    case KeyType::size:
      return read_size(spec, node);
    case KeyType::choice:
      return read_choice(spec, node);
    case KeyType::text:
      return read_text(spec, node);
    case KeyType::texts:
      return read_texts(spec, node);
    case KeyType::list:
      return read_list(spec, node);
    case KeyType::clients:
      break;
  }
  return Value{};
}

}  // namespace nopassd::daemon
