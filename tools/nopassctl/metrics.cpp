#include "tools/nopassctl/metrics.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace nopassd::ctl {

std::optional<double> metric_value(std::string_view text, std::string_view name) {
  std::optional<double> sum;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    if (line.starts_with('{')) line.remove_prefix(std::min(line.size(), line.rfind('}') + 1));
    if (!line.starts_with(' ')) continue;
    sum = sum.value_or(0) + std::strtod(std::string(line).c_str(), nullptr);
  }
  return sum;
}

}  // namespace nopassd::ctl
