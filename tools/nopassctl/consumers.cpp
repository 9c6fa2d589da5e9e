// Durable readers of events. The daemon shows and removes only those of whoever asks.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/limits.hpp"
#include "tools/nopassctl/table.hpp"

#include <fmt/format.h>

namespace nopassd::ctl {
namespace {

constexpr std::string_view folder = "/v1/consumers";

ExitCode list(const Context& context, const Arguments& arguments) {
  const auto consumers = context.client.list(std::string(folder), Query(), wanted_limit(arguments));
  if (context.json) {
    print_json(consumers);
    return ExitCode::done;
  }
  print_list(consumers,
             {{"NAME", "id"},
              {"LAG", "lag"},
              {"LAST SEEN", "lastSeenAt"},
              {"RETIRED", "retired"},
              {"CURSOR", "cursor"},
              {"TYPES", "types"}},
             "no consumers of yours");
  return ExitCode::done;
}

ExitCode remove(const Context& context, const Arguments& arguments) {
  const std::string name = arguments.text("NAME");
  context.client.call("DELETE", path_to(folder, name));
  if (!context.json)
    print_line(fmt::format("consumer {} is removed; what it had not acknowledged is no longer kept for it", name));
  return ExitCode::done;
}

}  // namespace

Commands consumer_commands() {
  return {{"consumers", "durable readers of events: list, remove", {limit_parameter}, list},
          {"consumers list", "your own, with how far they lag behind", {limit_parameter}, list},
          {"consumers remove", "forgets one", {{"NAME", "", "its name", true}}, remove}};
}

}  // namespace nopassd::ctl
