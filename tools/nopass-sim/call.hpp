#pragma once
// One callback by hand.
#include "tools/nopass-sim/callbacks.hpp"
#include "tools/nopass-sim/http_client.hpp"

#include <optional>
#include <string>

namespace nopassd::sim {

struct CallOptions {
  Callback callback;
  std::optional<std::string> body;          // nothing: an invented one
  std::optional<std::string> content_type;  // nothing: as the vendor prints it; empty: none
  bool print_only = false;                  // show the body, send nothing
  std::string url;
  std::string ca_file;
};

/// Prints status, the headers that matter and the body. Returns 0 for 2xx, 1 otherwise. Throws std::invalid_argument
/// for a bad URL.
int call(const CallOptions& options);

/// "-" is standard input, "@FILE" a file's content, anything else itself. Throws std::invalid_argument when it cannot
/// be read.
std::string read_body(const std::string& argument);

}  // namespace nopassd::sim
