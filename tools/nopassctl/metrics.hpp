#pragma once
// Reading the Prometheus text format.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nopassd::ctl {

/// The sum of a metric's samples over all labels; nothing when it has none.
std::optional<double> metric_value(std::string_view text, std::string_view name);

/// The samples of a metric by the value of its one label, in their order. Values with escapes are left out.
std::vector<std::pair<std::string, double>> metric_values(std::string_view text, std::string_view name,
                                                          std::string_view label);

}  // namespace nopassd::ctl
