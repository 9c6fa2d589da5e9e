#pragma once
// Consumers that somebody else made: the API keeps them to their makers, /metrics tells everybody how far they are.
#include "tools/nopassctl/client.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nopassd::ctl {

/// Name and lag of those that `own`, a list of consumers, does not have.
std::vector<std::pair<std::string, std::int64_t>> consumers_of_others(const Client& client,
                                                                      const boost::json::value& own);

}  // namespace nopassd::ctl
