#include "tools/nopassctl/command.hpp"

#include <fmt/format.h>

#include <charconv>

namespace nopassd::ctl {

std::string Parameter::key() const {
  const std::string_view first = names.substr(0, names.find(','));
  return std::string(first.substr(std::min(first.size(), first.find_first_not_of('-'))));
}

std::string Arguments::text(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? "" : found->second.back();
}

std::vector<std::string> Arguments::all(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::int64_t Arguments::number(const std::string& key, Range range) const {
  if (!has(key)) return range.otherwise;
  const std::string given = text(key);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc{} || end != given.data() + given.size() || number < range.least || number > range.most) {
    throw Failure(ExitCode::usage,
                  fmt::format("--{} {}: must be a number from {} to {}", key, given, range.least, range.most));
  }
  return number;
}

const Commands& commands() {
  static const Commands all = [] {
    Commands made;
    for (const auto group :
         {status_commands, register_commands, portal_commands, event_commands, session_commands, user_commands,
          question_commands, consumer_commands, hook_commands, client_commands, service_commands, doctor_commands}) {
      for (Command& command : group()) made.push_back(std::move(command));
    }
    return made;
  }();
  return all;
}

}  // namespace nopassd::ctl
