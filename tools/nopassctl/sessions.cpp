// Logins: looking at them, ending them.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/limits.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/words.hpp"

#include <fmt/format.h>

namespace nopassd::ctl {
namespace {

constexpr std::string_view folder = "/v1/sessions";

ExitCode list(const Context& context, const Arguments& arguments) {
  Query query;
  query.add("userId", arguments.text("user")).add("state", arguments.text("state"));
  const auto sessions = context.client.list(std::string(folder), query, wanted_limit(arguments));
  if (context.json) {
    print_json(sessions);
    return ExitCode::done;
  }
  print_list(sessions,
             {{"ID", "id"},
              {"STATE", "state"},
              {"USER", "userId"},
              {"STARTED", "startedAt"},
              {"EXPIRES", "expiresAt"},
              {"REASON", "reason"}},
             "no sessions");
  return ExitCode::done;
}

ExitCode show(const Context& context, const Arguments& arguments) {
  const auto session = context.client.get(path_to(folder, arguments.text("ID")));
  context.json ? print_json(session) : print_members(session);
  return ExitCode::done;
}

ExitCode close(const Context& context, const Arguments& arguments) {
  const std::string id = arguments.text("ID");
  context.client.call("DELETE", path_to(folder, id));
  if (!context.json)
    print_line(fmt::format("session {} is over: what was open is closed, what was pending cancelled", id));
  return ExitCode::done;
}

}  // namespace

Commands session_commands() {
  const Parameter id{"ID", "", "the session's id", true};
  const std::vector<Parameter> filters = {
      {"--user", "ID", "only this user's"},
      {"--state", "S", "only those in this state", false, false, words::session_states},
      limit_parameter};
  return {{"sessions", "logins: list, show, close", filters, list},
          {"sessions list", "the newest first", filters, list},
          {"sessions show", "everything about one", {id}, show},
          {"sessions close", "closes an open one, cancels one that is pending or authorized", {id}, close}};
}

}  // namespace nopassd::ctl
