#pragma once
// Text on its way to a terminal or into a request.
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace nopassd::ctl {

/// The text with every character escaped that could steer a terminal or turn the direction of writing: control
/// characters become \n, \t, \x1b or \u{202e}, bytes that are no UTF-8 \xff. Escaping it again changes nothing.
std::string printable(std::string_view text);

/// How many columns printable text takes; wide characters take two, combining ones none.
std::size_t columns_of(std::string_view printable_text);

/// JSON in one line, in which such characters are written as \uXXXX.
std::string json_text(const boost::json::value& value);

/// For one segment of a path, or a name or value of a query.
std::string percent_encoded(std::string_view text);

/// 1536 is "1.5 KiB".
std::string size_text(double bytes);

/// How many single letters must be changed, added, removed or swapped.
std::size_t edit_distance(std::string_view left, std::string_view right);

}  // namespace nopassd::ctl
