#pragma once
// The files that browsers get: handlers/live/assets, as they are in the program.
#include <span>
#include <string_view>

namespace nopassd::handlers::live {

struct Asset {
  std::string_view name;  // "nopass-login.js"
  std::string_view text;
};

/// CMake writes the table (tools/embed.cmake).
std::span<const Asset> assets();

}  // namespace nopassd::handlers::live
