#include "daemon/config_entries.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace nopassd::daemon {
namespace {

constexpr std::size_t longest_compared = 64;

/// How many letters to insert, drop or change (Levenshtein).
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t changed = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

/// The candidate that is nearest, or nothing when none is near.
std::string_view nearest(std::string_view unknown, const std::vector<std::string_view>& candidates) {
  if (unknown.size() > longest_compared) return {};
  const std::size_t near = std::max<std::size_t>(2, unknown.size() / 5);
  std::string_view best;
  std::size_t best_distance = near + 1;
  for (const auto candidate : candidates) {
    const auto some = distance(unknown, candidate);
    if (some < best_distance) {
      best = candidate;
      best_distance = some;
    }
  }
  return best;
}

std::string_view name_of(std::string_view key) { return key.substr(key.find('.') + 1); }

}  // namespace

std::string suggest_key(std::string_view unknown) {
  std::vector<std::string_view> all, same_table;
  for (const auto& spec : config_keys()) {
    all.push_back(spec.key);
    if (spec.table() == unknown.substr(0, unknown.find('.'))) same_table.push_back(spec.name());
  }
  if (const auto near = nearest(unknown, all); !near.empty()) return fmt::format("did you mean {}?", near);
  for (const auto& spec : config_keys()) {
    if (spec.name() == name_of(unknown)) return fmt::format("did you mean {}?", spec.key);
  }
  if (same_table.empty()) return suggest_table(unknown.substr(0, unknown.find('.')));
  return fmt::format("one of {}", fmt::join(same_table, ", "));
}

std::string suggest_table(std::string_view unknown) {
  std::vector<std::string_view> all;
  for (const auto& table : config_tables()) all.push_back(table.name);
  if (const auto near = nearest(unknown, all); !near.empty()) return fmt::format("did you mean [{}]?", near);
  return fmt::format("one of the tables {}", fmt::join(all, ", "));
}

}  // namespace nopassd::daemon
