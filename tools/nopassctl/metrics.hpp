#pragma once
// Reading the Prometheus text format.
#include <optional>
#include <string_view>

namespace nopassd::ctl {

/// The sum of a metric's samples over all labels; nothing when it has none.
std::optional<double> metric_value(std::string_view text, std::string_view name);

}  // namespace nopassd::ctl
