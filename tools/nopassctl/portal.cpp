// The portal: its state, and what an operator may do with it.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/secrets.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/terminal.hpp"
#include "tools/nopassctl/words.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

ExitCode print_portal(const Context& context, const json::value& portal) {
  context.json ? print_json(portal) : print_members(portal);
  return ExitCode::done;
}

ExitCode show(const Context& context, const Arguments&) {
  return print_portal(context, context.client.get("/v1/portal"));
}

ExitCode credentials(const Context& context, const Arguments&) {
  return print_portal(context, context.client.get("/v1/portal/credentials"));
}

ExitCode enable(const Context& context, const Arguments&) {
  return print_portal(context, context.client.call("POST", "/v1/portal/enable"));
}

ExitCode reset(const Context& context, const Arguments& arguments) {
  confirm(arguments.has("yes"),
          "Reset the portal? Its token is destroyed, every session is closed, and nobody can log "
          "in until it is registered again.");
  return print_portal(context, context.client.call("POST", "/v1/portal/reset"));
}

ExitCode import_portal(const Context& context, const Arguments& arguments) {
  json::object body{{"portalId", arguments.text("portal-id")}};
  body["authToken"] = read_secret(arguments.text("auth-token-file"), "--auth-token-file", "the authToken");
  return print_portal(context, context.client.call("POST", "/v1/portal/import", body));
}

}  // namespace

Commands portal_commands() {
  return {
      {"portal", "the registration with NoPass: show, credentials, enable, import, reset", {}, show},
      {"portal show", "its state", {}, show},
      {"portal credentials", "portalId and authToken: secrets, for sites that call NoPass themselves", {}, credentials},
      {"portal enable", "undoes DisableService while the token is still kept", {}, enable},
      {"portal import",
       "takes over a portal that was registered before",
       {{"--portal-id", "ID", "the portal's id", true},
        {"--auth-token-file", "FILE", "holds the authToken; - is standard input", true, false, words::files}},
       import_portal},
      {"portal reset", "forgets the registration and closes every session", {{"--yes,-y", "", "do not ask"}}, reset}};
}

}  // namespace nopassd::ctl
