#include "handlers/callback/members.hpp"

#include "handlers/callback/ascii.hpp"
#include "storage/names.hpp"
#include "storage/secret.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nopassd::handlers::callback {

namespace json = boost::json;

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

std::optional<std::int64_t> integer_of_digits(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const std::int64_t digit = c - '0';
    number = number > (largest - digit) / 10 ? largest : number * 10 + digit;
  }
  return number;
}

std::optional<std::int64_t> integer_of_double(double number) {
  if (std::trunc(number) != number) return std::nullopt;
  // 2^63 is the first double beyond the range.
  if (number >= 9223372036854775808.0) return largest;
  if (number <= -9223372036854775808.0) return smallest;
  return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> integer_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return largest;  // the parser says uint64 only beyond int64
    case json::kind::double_:
      return integer_of_double(value.get_double());
    case json::kind::string:
      return integer_of_digits(view(value.get_string()));
    default:
      return std::nullopt;
  }
}

std::optional<bool> boolean_of(const json::value& value) {
  if (value.is_bool()) return value.get_bool();
  if (!value.is_string()) return std::nullopt;
  if (same_word(view(value.get_string()), "true")) return true;
  if (same_word(view(value.get_string()), "false")) return false;
  return std::nullopt;
}

std::string_view sentence(storage::NameFault fault) {
  switch (fault) {
    case storage::NameFault::none:
      return "";
    case storage::NameFault::empty:
      return "is empty";
    case storage::NameFault::not_utf8:
      return "is not UTF-8";
    case storage::NameFault::too_long:
      return "is longer than 2084 characters";
    case storage::NameFault::outer_space:
      return "begins or ends with a space";
    case storage::NameFault::control:
      return "holds a control character";
    case storage::NameFault::ignorable:
      return "holds an invisible character";
  }
  return "is not a login";
}

}  // namespace

Members::Members(const json::object& object, Faults& faults, std::string path)
    : object_(object), faults_(faults), path_(std::move(path)) {}

const json::value* Members::find(std::string_view name) const {
  for (const auto& member : object_) {
    const std::string_view key(member.key().data(), member.key().size());
    if (same_word(key, name)) return member.value().is_null() ? nullptr : &member.value();
  }
  return nullptr;
}

void Members::fault(std::string_view code, std::string_view name, std::string_view what) {
  std::string message = path_;
  message.append(name).append(" ").append(what);
  faults_.push_back(Fault{std::string(code), std::move(message)});
}

bool Members::has(std::string_view name) {
  if (find(name) != nullptr) return true;
  fault("102", name, "is missing");
  return false;
}

std::optional<std::string> Members::text(std::string_view name, std::size_t limit) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    fault("103", name, "is not a string");
    return std::nullopt;
  }
  const std::string_view found = view(value->get_string());
  const auto length = storage::code_points(found);
  if (!length || found.find('\0') != std::string_view::npos) {
    fault("103", name, "holds a character that is not allowed");
    return std::nullopt;
  }
  if (*length > limit) {
    fault("103", name, "is longer than " + std::to_string(limit) + " characters");
    return std::nullopt;
  }
  return std::string(found);
}

std::string Members::required_text(std::string_view name, std::size_t limit) {
  if (!has(name)) return {};
  auto found = text(name, limit);
  if (!found) return {};
  if (found->empty()) fault("103", name, "is empty");
  return std::move(*found);
}

std::int64_t Members::required_integer(std::string_view name, Range range) {
  if (!has(name)) return 0;
  const auto number = integer_of(*find(name));
  if (!number) {
    fault("103", name, "is not an integer");
    return 0;
  }
  if (*number < range.least || *number > range.most) fault("103", name, "is out of range");
  return *number;
}

std::optional<bool> Members::boolean(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto found = boolean_of(*value);
  if (!found) fault("103", name, "is not true or false");
  return found;
}

bool Members::required_boolean(std::string_view name) { return has(name) && boolean(name).value_or(false); }

std::optional<Login> Members::checked_login(std::string_view name, bool may_be_empty) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    fault("103", name, "is not a string");
    return std::nullopt;
  }
  const std::string_view found = view(value->get_string());
  if (found.empty() && may_be_empty) return std::nullopt;
  const storage::NameFault wrong = storage::check_login(found);
  if (wrong != storage::NameFault::none) {
    fault("103", name, sentence(wrong));
    return std::nullopt;
  }
  return Login{std::string(found), storage::login_key(found)};
}

Login Members::required_login(std::string_view name) {
  if (!has(name)) return {};
  return checked_login(name, false).value_or(Login{});
}

Login Members::login(std::string_view name) { return checked_login(name, true).value_or(Login{}); }

const json::object* Members::object(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) {
    fault("103", name, "is not an object");
    return nullptr;
  }
  return &value->get_object();
}

const json::object* Members::required_object(std::string_view name) { return has(name) ? object(name) : nullptr; }

std::string Members::required_portal_id(const storage::Portal& portal) {
  return has("portalId") ? portal_id(portal) : std::string();
}

std::string Members::portal_id(const storage::Portal& portal) {
  if (find("portalId") == nullptr) return {};
  const std::size_t before = faults_.size();
  std::string given = required_text("portalId", key_limit);
  if (faults_.size() == before && !storage::equal_secret(given, portal.portal_id)) {
    fault("104", "portalId", "is not this portal's");
  }
  return given;
}

}  // namespace nopassd::handlers::callback
