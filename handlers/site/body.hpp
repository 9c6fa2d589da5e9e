#pragma once
// Request bodies: a JSON object, whose members are picked by hand. Member names are compared exactly.
#include "handlers/site/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::handlers::site {

inline constexpr std::size_t max_nesting = 16;

/// The object; nothing when the text is not a JSON object of at most max_nesting levels. A member that is given twice,
/// at any depth, is a fault.
std::optional<boost::json::object> parse_body(std::string_view text, Faults& faults);

/// Notes every member of the object that `known`, names separated by spaces, does not list.
void check_members(const boost::json::object& object, std::string_view known, Faults& faults);
/// Whether a list of words separated by spaces has this one.
bool lists(std::string_view words, std::string_view name);

bool has_control(std::string_view text);

/// The member; null when absent. A JSON null counts as absent.
const boost::json::value* member(const boost::json::object& object, std::string_view name);

/// Lengths in code points.
struct TextRule {
  std::size_t least = 1;
  std::size_t most = 2084;
  bool required = false;
};

/// A string without control characters. Empty when absent or faulty; `under` goes before the name in the pointer.
std::optional<std::string> text_member(const boost::json::object& object, std::string_view name, TextRule rule,
                                       Faults& faults, std::string_view under = "");

/// A whole number; empty when absent or faulty.
std::optional<std::int64_t> number_member(const boost::json::object& object, std::string_view name, Faults& faults);

/// A login as names.hpp wants it; empty when absent or faulty.
std::optional<std::string> login_member(const boost::json::object& object, std::string_view name, Faults& faults);

/// Why `text` cannot be a login; empty when it can.
std::string_view login_fault(std::string_view text);

/// `clientIp`, an IPv4 or IPv6 address, in its one usual spelling; empty when absent or faulty.
std::string client_ip_member(const boost::json::object& object, Faults& faults);

/// Lower-case form of a UUID in its usual 36 characters; nothing when it is none.
std::optional<std::string> uuid_from(std::string_view text);

}  // namespace nopassd::handlers::site
