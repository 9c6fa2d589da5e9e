#pragma once
// `nopass-sim serve`: the NoPass server for a portal under trial, and a page that plays phone and console.
#include "tools/nopass-sim/nopass.hpp"

#include <string>
#include <vector>

namespace nopassd::sim {

struct ServeOptions {
  std::string listen = "127.0.0.1:0";
  std::string delete_path = "/api/Users/Delete";
  std::vector<std::string> users;  // that NoPass knows from the start
  NopassOptions nopass;
};

/// Prints "ready http://…" and serves until SIGTERM or SIGINT. Throws std::invalid_argument for an address that is not
/// this machine's own.
int serve(ServeOptions options);

}  // namespace nopassd::sim
