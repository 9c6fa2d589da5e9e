#pragma once
// The whole life cycle of a portal, step by step, with the NoPass console, the phone and the website played.
#include "tools/nopass-sim/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace nopassd::sim {

struct WalkOptions {
  Target portal;
  std::string site_socket;
  std::chrono::milliseconds picture_period{1000};
  std::optional<std::uint64_t> chaos_seed;  // nothing: everything in order
};

/// Prints to standard output. Returns 0 when every answer and event was as expected, 1 otherwise.
int walk(const WalkOptions& options);

}  // namespace nopassd::sim
