#include "handlers/site/query.hpp"

#include "storage/names.hpp"

#include <fmt/format.h>

#include <charconv>

namespace nopassd::handlers::site {

namespace {

int hexadecimal(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char byte = text[i];
    if (byte == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hexadecimal(text[i + 1]);
      const int low = hexadecimal(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      byte = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (byte == '+' && plus_is_space) {
      byte = ' ';
    }
    if (byte == '\0') return std::nullopt;
    decoded += byte;
  }
  if (!storage::code_points(decoded)) return std::nullopt;
  return decoded;
}

std::optional<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(equals == pair.npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    query.parameters_.push_back({std::move(*name), std::move(*value)});
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const Parameter& parameter : parameters_) {
    if (parameter.name == name && !parameter.value.empty()) return parameter.value;
  }
  return std::nullopt;
}

std::int64_t Query::number(std::string_view name, Bounds bounds, Faults& faults) const {
  const auto text = find(name);
  if (!text) return bounds.otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool whole = error == std::errc{} && end == text->data() + text->size();
  if (whole && value >= bounds.least && value <= bounds.most) return value;
  faults.parameter(name, fmt::format("must be a whole number from {} to {}", bounds.least, bounds.most));
  return bounds.otherwise;
}

storage::PageRequest Query::page(Faults& faults) const {
  constexpr std::int64_t most_offset = 1'000'000'000'000;
  storage::PageRequest page;
  page.offset = number("offset", {0, most_offset, 0}, faults);
  page.limit = number("limit", {1, 100, 20}, faults);
  return page;
}

}  // namespace nopassd::handlers::site
