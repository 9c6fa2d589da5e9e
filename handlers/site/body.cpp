#include "handlers/site/body.hpp"

#include "storage/names.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

/// Walks over a document and notes the members that stand twice in one object. Boost.JSON's own parser keeps the last
/// of them in silence.
class DuplicateFinder {
 public:
  using Text = json::string_view;
  using Error = json::error_code;
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  explicit DuplicateFinder(Faults& faults) : faults_(faults) {}

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return enter(); }
  bool on_object_end(std::size_t, Error&) { return leave(); }
  bool on_array_begin(Error&) { return enter(); }
  bool on_array_end(std::size_t, Error&) { return leave(); }
  bool on_key_part(Text part, std::size_t, Error&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(Text part, std::size_t, Error&) {
    key_.append(part.data(), part.size());
    Level& level = levels_.back();
    level.key = std::exchange(key_, {});
    if (!level.seen.insert(level.key).second) faults_.body(pointer(), "is given twice");
    return true;
  }
  bool on_string_part(Text, std::size_t, Error&) { return true; }
  bool on_string(Text, std::size_t, Error&) { return true; }
  bool on_number_part(Text, Error&) { return true; }
  bool on_int64(std::int64_t, Text, Error&) { return true; }
  bool on_uint64(std::uint64_t, Text, Error&) { return true; }
  bool on_double(double, Text, Error&) { return true; }
  bool on_bool(bool, Error&) { return true; }
  bool on_null(Error&) { return true; }
  bool on_comment_part(Text, Error&) { return true; }
  bool on_comment(Text, Error&) { return true; }

 private:
  struct Level {
    std::set<std::string> seen;
    std::string key;
  };
  bool enter() {
    levels_.emplace_back();
    return true;
  }
  bool leave() {
    levels_.pop_back();
    return true;
  }
  std::string pointer() const {
    std::string path;
    for (const Level& level : levels_) path += pointer_to(level.key);
    return path;
  }

  Faults& faults_;
  std::vector<Level> levels_;
  std::string key_;
};

std::string_view as_view(const json::value& value) { return {value.get_string().data(), value.get_string().size()}; }

}  // namespace

bool has_control(std::string_view text) {
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20U || code == 0x7FU) return true;
  }
  return false;
}

bool lists(std::string_view words, std::string_view name) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (word == name) return true;
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
  return false;
}

void check_members(const json::object& object, std::string_view known, Faults& faults) {
  for (const auto& given : object) {
    const std::string_view name(given.key().data(), given.key().size());
    if (!lists(known, name)) faults.body(pointer_to(name), "is no member of this request");
  }
}

std::optional<json::object> parse_body(std::string_view text, Faults& faults) {
  json::parse_options options;
  options.max_depth = max_nesting;
  json::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  json::basic_parser<DuplicateFinder> finder(options, faults);
  finder.write_some(false, text.data(), text.size(), error);
  return std::move(value.get_object());
}

const json::value* member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string> text_member(const json::object& object, std::string_view name, TextRule rule, Faults& faults,
                                       std::string_view under) {
  const json::value* value = member(object, name);
  const std::string pointer = std::string(under) + pointer_to(name);
  if (value == nullptr) {
    if (rule.required) faults.body(pointer, "is required");
    return std::nullopt;
  }
  if (!value->is_string()) {
    faults.body(pointer, "must be a string");
    return std::nullopt;
  }
  const std::string_view text = as_view(*value);
  const auto length = storage::code_points(text);
  if (!length || *length < rule.least || *length > rule.most) {
    faults.body(pointer, fmt::format("must have {} to {} characters", rule.least, rule.most));
    return std::nullopt;
  }
  if (has_control(text)) {
    faults.body(pointer, "must not hold control characters");
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::int64_t> number_member(const json::object& object, std::string_view name, Faults& faults) {
  const json::value* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_int64()) return value->get_int64();
  faults.body(pointer_to(name), "must be a whole number");
  return std::nullopt;
}

std::string_view login_fault(std::string_view text) {
  switch (storage::check_login(text)) {
    case storage::NameFault::none:
      return {};
    case storage::NameFault::empty:
      return "must not be empty";
    case storage::NameFault::not_utf8:
      return "must be UTF-8";
    case storage::NameFault::too_long:
      return "must have at most 2084 characters";
    case storage::NameFault::outer_space:
      return "must not begin or end with a space";
    case storage::NameFault::control:
      return "must not hold control characters";
    case storage::NameFault::ignorable:
      return "must not hold invisible characters";
  }
  return "is no login";
}

std::optional<std::string> login_member(const json::object& object, std::string_view name, Faults& faults) {
  const json::value* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  const std::string_view wrong = value->is_string() ? login_fault(as_view(*value)) : "must be a string";
  if (wrong.empty()) return std::string(as_view(*value));
  faults.body(pointer_to(name), std::string(wrong));
  return std::nullopt;
}

std::string client_ip_member(const json::object& object, Faults& faults) {
  const auto text = text_member(object, "clientIp", {1, 64}, faults);
  if (!text) return {};
  const boost::core::string_view address(text->data(), text->size());
  if (const auto v4 = boost::urls::parse_ipv4_address(address)) return v4->to_string();
  if (const auto v6 = boost::urls::parse_ipv6_address(address)) return v6->to_string();
  faults.body("/clientIp", "must be an IPv4 or IPv6 address");
  return {};
}

std::optional<std::string> uuid_from(std::string_view text) {
  constexpr std::size_t length = 36;
  if (text.size() != length) return std::nullopt;
  std::string id(text);
  for (std::size_t i = 0; i < length; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (id[i] >= 'A' && id[i] <= 'F') id[i] = static_cast<char>(id[i] - 'A' + 'a');
    const bool digit = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
    if (dash ? id[i] != '-' : !digit) return std::nullopt;
  }
  return id;
}

}  // namespace nopassd::handlers::site
