#pragma once
// Looking into replies whose shape is the daemon's affair: what is absent or of another kind reads as empty.
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nopassd::ctl {

/// The member at a path of names with dots between; nullptr when there is none.
const boost::json::value* find(const boost::json::value& value, std::string_view path);

/// A string as it is, a list's entries with ", " between, anything else as JSON. Not escaped: see printable().
std::string text_of(const boost::json::value& value, std::string_view path);

bool is_true(const boost::json::value& value, std::string_view path);
std::int64_t number_of(const boost::json::value& value, std::string_view path, std::int64_t otherwise);

/// The list at a path; empty when there is none.
const boost::json::array& entries(const boost::json::value& value, std::string_view path);

}  // namespace nopassd::ctl
