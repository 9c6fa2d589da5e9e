#pragma once
// The files of handlers/site/openapi/ as they are in the program. CMake writes the table (tools/embed.cmake).
#include <span>
#include <string_view>

namespace nopassd::handlers::site {

struct OpenApiFile {
  std::string_view name;  // "users.json"
  std::string_view text;
};

/// By name.
std::span<const OpenApiFile> openapi_files();

}  // namespace nopassd::handlers::site
