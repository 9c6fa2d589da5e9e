#include "tools/nopassctl/readers.hpp"

#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/metrics.hpp"

#include <algorithm>

namespace nopassd::ctl {

std::vector<std::pair<std::string, std::int64_t>> consumers_of_others(const Client& client,
                                                                      const boost::json::value& own) {
  std::vector<std::pair<std::string, std::int64_t>> others;
  const HttpReply reply = client.exchange({"GET", "/metrics", ""});
  if (reply.status != 200) return others;
  const auto mine = entries(own, "data");
  for (const auto& [name, lag] : metric_values(reply.body, "nopassd_consumer_lag_events", "consumer")) {
    const auto is_this = [&name](const boost::json::value& each) { return text_of(each, "id") == name; };
    if (std::none_of(mine.begin(), mine.end(), is_this)) others.emplace_back(name, static_cast<std::int64_t>(lag));
  }
  return others;
}

}  // namespace nopassd::ctl
