// Durable readers of events. The daemon shows and removes only those of whoever asks.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/limits.hpp"
#include "tools/nopassctl/readers.hpp"
#include "tools/nopassctl/table.hpp"

#include <fmt/format.h>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

constexpr std::string_view folder = "/v1/consumers";

/// What /metrics tells of those that the API shows to their makers alone.
void print_others(const Client& client, const json::value& own) {
  Table others({"NAME", "LAG"});
  for (const auto& [name, lag] : consumers_of_others(client, own)) others.add({name, std::to_string(lag)});
  if (others.empty()) return;
  print_line("of others, whom alone they obey:");
  others.print("");
}

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
  print_others(context.client, consumers);
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
          {"consumers list", "how far they lag behind; all that is told of your own", {limit_parameter}, list},
          {"consumers remove", "forgets one", {{"NAME", "", "its name", true}}, remove}};
}

}  // namespace nopassd::ctl
