// People: looking at them, suspending and restoring them.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/limits.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/terminal.hpp"
#include "tools/nopassctl/words.hpp"

#include <fmt/format.h>

namespace nopassd::ctl {
namespace {

constexpr std::string_view folder = "/v1/users";

ExitCode list(const Context& context, const Arguments& arguments) {
  Query query;
  query.add("login", arguments.text("login")).add("email", arguments.text("email"));
  query.add("externalId", arguments.text("external-id")).add("state", arguments.text("state"));
  const auto users = context.client.list(std::string(folder), query, wanted_limit(arguments));
  if (context.json) {
    print_json(users);
    return ExitCode::done;
  }
  print_list(users,
             {{"ID", "id"}, {"STATE", "state"}, {"LOGIN", "login"}, {"EXTERNAL ID", "externalId"}, {"EMAIL", "email"}},
             "no users");
  return ExitCode::done;
}

/// The id of the one user whom ID, --login or --external-id names.
std::string wanted_id(const Context& context, const Arguments& arguments) {
  const std::string id = arguments.text("ID"), login = arguments.text("login");
  const std::string external_id = arguments.text("external-id");
  if (!id.empty() + !login.empty() + !external_id.empty() != 1) {
    throw Failure(ExitCode::usage, "name the user with one of ID, --login LOGIN and --external-id ID");
  }
  if (!id.empty()) return id;
  Query query;
  query.add("login", login).add("externalId", external_id);
  const auto found = context.client.get(std::string(folder) + query.text());
  const auto& data = entries(found, "data");
  if (data.size() != 1)
    throw Failure(ExitCode::failed, data.empty() ? "no such user" : "several users match: use the id");
  return text_of(data.front(), "id");
}

std::string target(const Context& context, const Arguments& arguments) {
  return path_to(folder, wanted_id(context, arguments));
}

ExitCode show(const Context& context, const Arguments& arguments) {
  const auto user = context.client.get(target(context, arguments));
  context.json ? print_json(user) : print_members(user);
  return ExitCode::done;
}

ExitCode history(const Context& context, const Arguments& arguments) {
  const std::string path = target(context, arguments) + "/history";
  const auto entries = context.client.list(path, Query(), wanted_limit(arguments));
  if (context.json) {
    print_json(entries);
    return ExitCode::done;
  }
  print_list(entries, {{"TIME", "time"}, {"WHAT", "name"}, {"BY", "by"}, {"SUBJECT", "subject"}, {"DATA", "data"}},
             "nothing is known of this user");
  return ExitCode::done;
}

ExitCode suspend(const Context& context, const Arguments& arguments) {
  const std::string id = wanted_id(context, arguments);
  confirm(arguments.has("yes"), fmt::format("Delete user {}? He can log in no more, and is erased for good after "
                                            "users.erase_after.",
                                            id));
  const auto user = context.client.call("DELETE", path_to(folder, id));
  if (context.json) {
    print_json(user);
    return ExitCode::done;
  }
  const std::string state = text_of(user, "state");
  print_line(
      fmt::format("user {} is {}{}", id, state,
                  state == "deleting" ? "; `nopassctl users restore` undoes it until users.erase_after is over" : ""));
  return ExitCode::done;
}

ExitCode restore(const Context& context, const Arguments& arguments) {
  const std::string id = arguments.text("ID");
  const auto user = context.client.call("POST", path_to(folder, id) + "/restore");
  if (context.json) {
    print_json(user);
  } else {
    print_line(fmt::format("user {} is {} again", id, text_of(user, "state")));
  }
  return ExitCode::done;
}

}  // namespace

Commands user_commands() {
  const Parameter id{"ID", "", "the user's id"};
  const Parameter login{"--login", "LOGIN", "the user with this login"};
  const Parameter external_id{"--external-id", "ID", "the user with this key of the site"};
  const std::vector<Parameter> filters = {
      login,
      {"--email", "EMAIL", "those with this e-mail address"},
      external_id,
      {"--state", "S", "only those in this state", false, false, words::user_states},
      limit_parameter};
  return {{"users", "people: list, show, history, delete, restore", filters, list},
          {"users list", "who there is; fields by your scopes", filters, list},
          {"users show", "everything about one", {id, login, external_id}, show},
          {"users history", "what led to a user's present state", {id, login, external_id, limit_parameter}, history},
          {"users delete",
           "suspends a user, to be erased after users.erase_after",
           {id, login, external_id, {"--yes,-y", "", "do not ask"}},
           suspend},
          {"users restore", "undoes a deletion before the erasure", {{"ID", "", "the user's id", true}}, restore}};
}

}  // namespace nopassd::ctl
