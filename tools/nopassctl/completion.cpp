#include "tools/nopassctl/completion.hpp"

#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nopassd::ctl {
namespace {

const std::vector<Parameter>& everywhere() {
  static const std::vector<Parameter> options = {
      {"--socket", "PATH", "the daemon's site socket", false, false, words::files},
      {"--token", "FILE", "a file with a bearer token", false, false, words::files},
      {"--json", "", "print the API's JSON instead of tables"},
      {"--help,-h", "", "print help, and stop"}};
  return options;
}

bool has_name(const Parameter& parameter, std::string_view name) {
  for (std::string_view rest = parameter.names; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    if (one == name) return true;
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return false;
}

const Parameter* option_named(const Command* command, std::string_view name) {
  for (const Parameter& option : everywhere()) {
    if (has_name(option, name)) return &option;
  }
  if (command == nullptr) return nullptr;
  for (const Parameter& option : command->parameters) {
    if (option.is_option() && has_name(option, name)) return &option;
  }
  return nullptr;
}

/// "sessions show" below "sessions", "sessions" below "".
const Command* child_of(const Command* parent, std::string_view name) {
  const std::string path = parent == nullptr ? std::string(name) : fmt::format("{} {}", parent->path, name);
  const auto found = std::find_if(commands().begin(), commands().end(),
                                  [&path](const Command& command) { return command.path == path; });
  return found == commands().end() ? nullptr : &*found;
}

class Offers {
 public:
  explicit Offers(std::string_view begun) : begun_(begun) {}

  void offer(std::string_view word, std::string_view help) const {
    if (word.starts_with(begun_) || word == words::files.front()) fmt::print("{}\t{}\n", word, help);
  }

  void values(const Parameter& option) const {
    for (const std::string_view word : option.words) offer(word, option.help);
  }

  void options(const std::vector<Parameter>& parameters) const {
    for (const Parameter& parameter : parameters) {
      if (parameter.is_option()) offer("--" + parameter.key(), parameter.help);
    }
  }

  void children(const Command* parent) const {
    for (const Command& command : commands()) {
      const std::size_t space = command.path.rfind(' ');
      const std::string_view above = space == command.path.npos ? "" : command.path.substr(0, space);
      const std::string_view name = space == command.path.npos ? command.path : command.path.substr(space + 1);
      if (above == (parent == nullptr ? "" : parent->path)) offer(name, command.help);
    }
  }

 private:
  std::string_view begun_;
};

}  // namespace

void complete(const std::vector<std::string>& words) {
  const std::string begun = words.empty() ? "" : words.back();
  const Command* command = nullptr;
  const Parameter* open = nullptr;  // the option whose value comes next
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (open != nullptr) {
      open = nullptr;
    } else if (words[i].starts_with('-')) {
      open = option_named(command, words[i]);
      if (open != nullptr && open->is_flag()) open = nullptr;
    } else if (const Command* child = child_of(command, words[i])) {
      command = child;
    }
  }
  const Offers offers(begun);
  if (open != nullptr) return offers.values(*open);
  if (begun.starts_with('-')) {
    offers.options(everywhere());
    if (command != nullptr) offers.options(command->parameters);
    if (command == nullptr) offers.offer("--version", "print the version, and stop");
    return;
  }
  offers.children(command);
}

}  // namespace nopassd::ctl
