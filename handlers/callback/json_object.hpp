#pragma once
// The body of a callback: one JSON object. callbacks.md, "Common rules".
#include "handlers/callback/outcome.hpp"

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <string_view>
#include <variant>

namespace nopassd::handlers::callback {

/// Objects and arrays inside each other; the body itself is level 1.
inline constexpr std::size_t deepest_level = 16;

/// A body that is an object. `faults` has a 103 for every member name that occurs twice in one object, at any depth,
/// without regard to ASCII case; each name once.
struct Body {
  boost::json::object members;
  Faults faults;
};

/// One pass. Gives the fault (code 100) for what is no UTF-8, no JSON, no object, too deep, or followed by more.
std::variant<Body, Fault> parse_object(std::string_view text);

}  // namespace nopassd::handlers::callback
