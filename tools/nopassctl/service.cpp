// What concerns the daemon as a whole: backups, the configuration.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/text.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

ExitCode backup(const Context& context, const Arguments& arguments) {
  const json::object body{{"name", arguments.text("NAME")}};
  const json::value made = context.client.call("POST", "/v1/backup", body);
  if (context.json) {
    print_json(made);
  } else {
    print_line(fmt::format("backup {}: {}, {}; it lies in storage.backup_directory", text_of(made, "id"),
                           size_text(static_cast<double>(number_of(made, "bytes", 0))), text_of(made, "createdAt")));
  }
  return ExitCode::done;
}

ExitCode reload(const Context& context, const Arguments&) {
  const json::value done = context.client.call("POST", "/v1/reload");
  if (context.json) {
    print_json(done);
    return ExitCode::done;
  }
  const std::string changed = text_of(done, "changed"), restart = text_of(done, "restart");
  print_line(changed.empty() ? "nothing has changed" : "in force now: " + changed);
  if (!restart.empty()) print_line("after a restart only: " + restart);
  return ExitCode::done;
}

}  // namespace

Commands service_commands() {
  return {{"backup",
           "writes a copy of the database into storage.backup_directory",
           {{"NAME", "", "its file's name; one that exists is never written over", true}},
           backup},
          {"reload", "reads the configuration again; a wrong one changes nothing", {}, reload}};
}

}  // namespace nopassd::ctl
