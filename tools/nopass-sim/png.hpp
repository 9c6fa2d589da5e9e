#pragma once
// The pictures that NoPass shows beside a login: a coloured shape above a three-digit code, as 8-bit palette PNG.
#include <cstdint>
#include <string>

namespace nopassd::sim {

/// What a picture shows. Any numbers will do: shape and colour wrap around, the code keeps its last three digits.
struct Drawing {
  unsigned shape = 0;
  unsigned colour = 0;
  unsigned code = 0;
};

/// "red circle 042": for the report.
std::string describe(const Drawing& drawing);

/// A whole PNG file: colour type 3, bit depth 8, 96 by 96 pixels. Throws std::runtime_error when it cannot be packed.
std::string make_png(const Drawing& drawing);

}  // namespace nopassd::sim
