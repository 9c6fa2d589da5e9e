// Programs with an id and a secret of their own.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/limits.hpp"
#include "tools/nopassctl/secrets.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

constexpr std::string_view folder = "/v1/clients";
constexpr std::string_view purpose = "With id and secret the client gets tokens from POST /oauth/token.";

std::string target(const Arguments& arguments) { return path_to(folder, arguments.text("ID")); }

ExitCode add(const Context& context, const Arguments& arguments) {
  json::object body{{"name", arguments.text("NAME")}};
  json::array scopes;
  for (const std::string& given : arguments.all("scope")) {
    for (std::size_t begin = 0; begin <= given.size();) {
      const std::size_t end = std::min(given.find(',', begin), given.size());
      scopes.emplace_back(given.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  body["scopes"] = std::move(scopes);
  show_secret(context, context.client.call("POST", std::string(folder), body), purpose);
  return ExitCode::done;
}

ExitCode list(const Context& context, const Arguments& arguments) {
  const json::value clients = context.client.list(std::string(folder), Query(), wanted_limit(arguments));
  if (context.json) {
    print_json(clients);
    return ExitCode::done;
  }
  print_list(clients, {{"ID", "id"}, {"NAME", "name"}, {"LAST USED", "lastUsedAt"}, {"SCOPES", "scopes"}},
             "no clients");
  return ExitCode::done;
}

ExitCode show(const Context& context, const Arguments& arguments) {
  const json::value client = context.client.get(target(arguments));
  context.json ? print_json(client) : print_members(client);
  return ExitCode::done;
}

ExitCode rotate(const Context& context, const Arguments& arguments) {
  const json::value client = context.client.call("POST", target(arguments) + "/secret");
  show_secret(context, client, "The old secret and its tokens are no longer good.");
  return ExitCode::done;
}

ExitCode remove(const Context& context, const Arguments& arguments) {
  context.client.call("DELETE", target(arguments));
  if (!context.json) print_line(fmt::format("client {} is removed, and its tokens with it", arguments.text("ID")));
  return ExitCode::done;
}

}  // namespace

Commands client_commands() {
  const Parameter id{"ID", "", "the client's id", true};
  return {{"clients", "programs with an id and a secret: add, list, show, rotate, remove", {limit_parameter}, list},
          {"clients add",
           "makes one; its secret is shown once",
           {{"NAME", "", "what you call it", true},
            {"--scope,-s", "S", "what it may do; repeat it, or separate by commas", true, true, words::scopes}},
           add},
          {"clients list", "all, without their secrets", {limit_parameter}, list},
          {"clients show", "everything about one", {id}, show},
          {"clients rotate", "gives it a new secret, shown once, and revokes its tokens", {id}, rotate},
          {"clients remove", "forgets one, and revokes its tokens", {id}, remove}};
}

}  // namespace nopassd::ctl
