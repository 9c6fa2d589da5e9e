#pragma once
// The query string, decoded: form encoding, '+' is a space.
#include "handlers/site/problem.hpp"
#include "storage/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

/// Percent-decoding into UTF-8; nothing for a broken escape, bytes that are not UTF-8, or a NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

struct Parameter {
  std::string name;
  std::string value;
};

class Query {
 public:
  /// Nothing when it cannot be decoded.
  static std::optional<Query> parse(std::string_view text);

  const std::vector<Parameter>& all() const { return parameters_; }
  /// The first of that name; an empty value counts as absent.
  std::optional<std::string_view> find(std::string_view name) const;
  /// The value as a whole number within the bounds; `otherwise` when absent or faulty.
  struct Bounds {
    std::int64_t least;
    std::int64_t most;
    std::int64_t otherwise;
  };
  std::int64_t number(std::string_view name, Bounds bounds, Faults& faults) const;
  /// `offset` and `limit` of lists.
  storage::PageRequest page(Faults& faults) const;

 private:
  std::vector<Parameter> parameters_;
};

}  // namespace nopassd::handlers::site
