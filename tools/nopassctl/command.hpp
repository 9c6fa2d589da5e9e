#pragma once
// What a command is. Parsing, help and completion come from these tables, so that nothing is said twice.
#include "tools/nopassctl/client.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::ctl {

using Words = std::span<const std::string_view>;

/// An option ("--type,-t"), a flag (an option without a value) or a positional ("ID").
struct Parameter {
  std::string_view names;
  std::string_view value;  // placeholder of an option's value
  std::string_view help;
  bool required = false;
  bool many = false;
  Words words = {};  // what completion offers

  bool is_option() const { return names.starts_with('-'); }
  bool is_flag() const { return is_option() && value.empty(); }
  /// "type", "ID": what Arguments calls it.
  std::string key() const;
};

/// What was given on the command line, by Parameter::key().
class Arguments {
 public:
  struct Range {
    std::int64_t least, most, otherwise;
  };

  void add(const std::string& key, std::string value) { values_[key].push_back(std::move(value)); }
  bool has(const std::string& key) const { return values_.contains(key); }
  /// The last one given; empty when absent.
  std::string text(const std::string& key) const;
  std::vector<std::string> all(const std::string& key) const;
  /// Throws Failure (usage) for what is no number in the range.
  std::int64_t number(const std::string& key, Range range) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

struct Context {
  Client client;
  bool json = false;  // the API's JSON instead of tables
};

struct Command {
  std::string_view path;  // "sessions show"
  std::string_view help;
  std::vector<Parameter> parameters;
  ExitCode (*run)(const Context&, const Arguments&) = nullptr;  // none: it only holds others
  std::string_view more = {};                                   // below the options in --help
};

using Commands = std::vector<Command>;

Commands status_commands();
Commands register_commands();
Commands portal_commands();
Commands event_commands();
Commands session_commands();
Commands user_commands();
Commands question_commands();
Commands consumer_commands();
Commands hook_commands();
Commands client_commands();
Commands service_commands();
Commands doctor_commands();

/// All of them, in the order of --help; parents come before their children.
const Commands& commands();

}  // namespace nopassd::ctl
