#pragma once
// The files of tools/nopass-sim/web, as they are in the program.
#include <span>
#include <string_view>

namespace nopassd::sim {

struct Page {
  std::string_view name;  // "phone.html"
  std::string_view text;
};

/// CMake writes the table (tools/embed.cmake).
std::span<const Page> pages();

}  // namespace nopassd::sim
