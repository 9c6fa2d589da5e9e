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

std::vector<std::pair<std::string, double>> metric_values(std::string_view text, std::string_view name,
                                                          std::string_view label) {
  std::vector<std::pair<std::string, double>> values;
  const std::string begin = std::string(name) + '{' + std::string(label) + "=\"";
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(begin)) continue;
    line.remove_prefix(begin.size());
    const std::string_view value = line.substr(0, line.find('"'));
    line.remove_prefix(value.size());
    if (!line.starts_with("\"} ") || value.find('\\') != value.npos) continue;
    line.remove_prefix(3);
    values.emplace_back(value, std::strtod(std::string(line).c_str(), nullptr));
  }
  return values;
}

}  // namespace nopassd::ctl
