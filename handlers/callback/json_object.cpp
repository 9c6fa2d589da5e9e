#include "handlers/callback/json_object.hpp"

#include "handlers/callback/ascii.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace nopassd::handlers::callback {

namespace json = boost::json;
using json::error_code;
using json::string_view;

namespace {

constexpr std::size_t most_duplicates = 100;
constexpr std::size_t longest_shown_name = 64;

// A name from outside goes into messages and logs: no control characters, and not at any length.
std::string shown(std::string_view name) {
  std::string text(name.substr(0, longest_shown_name));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

struct WordBefore {
  bool operator()(std::string_view left, std::string_view right) const { return word_before(left, right); }
};

// Builds the value and looks at the names on the way; Boost.JSON itself lets the last of two equal names win.
class Builder {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  bool on_document_begin(error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code&) {
    stack_.push_array(n);
    return true;
  }
  bool on_object_begin(error_code&) {
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t n, error_code&) {
    collect_duplicates(names_.back());
    names_.pop_back();
    stack_.push_object(n);
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(string_view part, std::size_t, error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    name_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code&) {
    name_.append(part.data(), part.size());
    names_.back().push_back(std::move(name_));
    name_.clear();
    stack_.push_key(part);
    return true;
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, string_view, error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, string_view, error_code&) {
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

  json::value release() { return stack_.release(); }

  Faults faults() const {
    Faults faults;
    for (const std::string& name : duplicates_) faults.push_back(Fault{"103", shown(name) + " is given twice"});
    return faults;
  }

 private:
  void collect_duplicates(std::vector<std::string>& names) {
    std::sort(names.begin(), names.end(), WordBefore{});
    for (std::size_t i = 1; i < names.size() && duplicates_.size() < most_duplicates; ++i) {
      if (same_word(names[i - 1], names[i])) duplicates_.insert(names[i]);
    }
  }

  json::value_stack stack_;
  std::string name_;
  std::vector<std::vector<std::string>> names_;  // of the objects that are open now
  std::set<std::string, WordBefore> duplicates_;
};

/// Why a text that did not parse did not: Boost.JSON calls a first half of a pair without a second a syntax error.
bool has_unpaired_surrogate(std::string_view text) {
  const auto half_at = [text](std::size_t at, char first, char last) {
    if (at + 6 > text.size() || text.substr(at, 2) != "\\u" || ascii_lower(text[at + 2]) != 'd') return false;
    const char digit = ascii_lower(text[at + 3]);
    return digit >= first && digit <= last;
  };
  for (std::size_t at = text.find('\\'); at < text.size(); at = text.find('\\', at)) {
    const bool leading = half_at(at, '8', 'b');
    if (half_at(at, 'c', 'f') || (leading && !half_at(at + 6, 'c', 'f'))) return true;
    at += leading ? 12 : 2;
  }
  return false;
}

}  // namespace

std::variant<Body, Fault> parse_object(std::string_view text) {
  json::parse_options options;
  options.max_depth = deepest_level;
  json::basic_parser<Builder> parser(options);
  error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (code == json::error::too_deep) return Fault{"100", "the body is nested more than 16 levels deep"};
  if (code && has_unpaired_surrogate(text)) return Fault{"103", "a string holds an unpaired surrogate"};
  if (code || used < text.size() || !parser.done()) return Fault{"100", "the body is not one JSON object"};
  json::value value = parser.handler().release();
  if (!value.is_object()) return Fault{"100", "the body is not a JSON object"};
  Body body;
  body.members = std::move(value.get_object());
  body.faults = parser.handler().faults();
  return body;
}

}  // namespace nopassd::handlers::callback
