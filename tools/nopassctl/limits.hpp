#pragma once
// --limit, the same everywhere.
#include "tools/nopassctl/command.hpp"

namespace nopassd::ctl {

inline constexpr Parameter limit_parameter{"--limit", "N", "at most so many, 100 unless told otherwise"};

inline std::int64_t wanted_limit(const Arguments& arguments) { return arguments.number("limit", {1, 1'000'000, 100}); }

}  // namespace nopassd::ctl
