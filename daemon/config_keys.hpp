#pragma once
// The one table of every key. Loading, printing, the commented file and the documentation are all made from it.
#include "daemon/config.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::daemon {

/// Why a value is refused. An empty `what` is no fault.
struct Fault {
  std::string what;
  std::string hint;
  explicit operator bool() const { return !what.empty(); }
};

/// A value of its key's type; which member counts depends on that type.
struct Value {
  bool flag = false;
  std::int64_t number = 0;  // count, milliseconds, bytes, or the index of a choice
  std::string text = {};
  std::vector<std::string> items = {};
  bool operator==(const Value&) const = default;
  bool blank() const { return text.empty() && items.empty(); }
};

/// `texts` is a list that may be written as a string when it has one item; "" and [] are none.
enum class KeyType { boolean, integer, duration, size, text, texts, choice, list, clients };

struct KeySpec {
  std::string_view key;  // "table.name"
  KeyType type;
  std::string_view fallback;  // the default, as TOML
  std::string_view help;      // one sentence for people
  std::int64_t least = 0;     // of integers, durations (milliseconds) and sizes (bytes)
  std::int64_t most = 0;
  std::string_view range = {};  // in words, for strings and lists
  std::string_view unit = {};   // of integers
  std::span<const std::string_view> choices = {};
  /// Of a string or each item of a list. May replace the text by what it stands for: a file by its content.
  Fault (*check)(std::string& text) = nullptr;
  void (*store)(Config& config, const Value& value) = nullptr;
  bool optional = false;  // blank is the same as not set: neither checked nor stored
  bool restart = false;   // a change holds after a restart only
  bool file = false;      // the value is a path, or paths, and what the file holds counts as much

  std::string_view table() const { return key.substr(0, key.find('.')); }
  std::string_view name() const { return key.substr(key.find('.') + 1); }
};

struct TableSpec {
  std::string_view name;
  std::string_view help;
};

/// In the order of the documentation.
std::span<const TableSpec> config_tables();
const std::vector<KeySpec>& config_keys();
/// Nullptr when there is no such key.
const KeySpec* find_key(std::string_view key);

/// The values that the key takes, in words: "1s to 1h", "`deny`, `ask`", …
std::string range_of(const KeySpec& spec);
/// "duration", "list of strings", …
std::string_view type_name(KeyType type);

/// The parts of the table, one a file.
std::span<const KeySpec> listener_keys();
std::span<const KeySpec> service_keys();
std::span<const KeySpec> site_keys();

}  // namespace nopassd::daemon
