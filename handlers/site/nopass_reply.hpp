#pragma once
// Taking apart what NoPass answers: `{"errors":[…],"result":…}`. Member names match without regard to ASCII case.
#include "handlers/nopass_caller.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::handlers::site {

struct NopassAnswer {
  bool understood = false;  // it has that shape
  boost::json::value result;
  std::string trouble;  // for the log: its errors, or why it was not understood; short, without `secret`
};

/// `secret` is what must not come back out of NoPass's own words: the authToken.
NopassAnswer read_nopass_answer(const NopassReply& reply, std::string_view secret);

/// Null when absent.
const boost::json::value* nopass_member(const boost::json::object& object, std::string_view name);
/// Empty when absent or no string.
std::string nopass_text(const boost::json::object& object, std::string_view name);
/// A number, or a string of digits.
std::optional<std::int64_t> nopass_number(const boost::json::object& object, std::string_view name);

}  // namespace nopassd::handlers::site
