// Addresses that are called with each event.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/limits.hpp"
#include "tools/nopassctl/secrets.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/words.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

constexpr std::string_view folder = "/v1/hooks";

std::string target(const Arguments& arguments) { return path_to(folder, arguments.text("NAME")); }

ExitCode add(const Context& context, const Arguments& arguments) {
  json::object body{{"url", arguments.text("URL")}};
  json::array types;
  for (const std::string& type : arguments.all("type")) types.emplace_back(words::full_type(type));
  if (!types.empty()) body["types"] = std::move(types);
  if (arguments.has("answers")) body["answers"] = true;
  const json::value hook = context.client.call("PUT", target(arguments), body);
  show_secret(context, hook, "It signs what the hook gets (Standard Webhooks).");
  return ExitCode::done;
}

ExitCode list(const Context& context, const Arguments& arguments) {
  const json::value hooks = context.client.list(std::string(folder), Query(), wanted_limit(arguments));
  if (context.json) {
    print_json(hooks);
    return ExitCode::done;
  }
  print_list(hooks,
             {{"NAME", "id"},
              {"STATE", "state"},
              {"LAG", "lag"},
              {"FAILURES", "failures"},
              {"DELIVERED", "lastDeliveredAt"},
              {"URL", "url"},
              {"LAST ERROR", "lastError.detail"}},
             "no hooks");
  return ExitCode::done;
}

ExitCode show(const Context& context, const Arguments& arguments) {
  const json::value hook = context.client.get(target(arguments));
  context.json ? print_json(hook) : print_members(hook);
  return ExitCode::done;
}

ExitCode test(const Context& context, const Arguments& arguments) {
  const json::value tried = context.client.call("POST", target(arguments) + "/test");
  const bool delivered = is_true(tried, "delivered");
  if (context.json) {
    print_json(tried);
  } else {
    std::string text = delivered ? "delivered" : "not delivered";
    if (const std::string status = text_of(tried, "status"); !status.empty()) text += ", status " + status;
    text += fmt::format(", {} ms", text_of(tried, "milliseconds"));
    if (const std::string detail = text_of(tried, "detail"); !detail.empty()) text += ": " + detail;
    print_line(text);
  }
  return delivered ? ExitCode::done : ExitCode::failed;
}

ExitCode remove(const Context& context, const Arguments& arguments) {
  context.client.call("DELETE", target(arguments));
  if (!context.json) print_line(fmt::format("hook {} is removed", arguments.text("NAME")));
  return ExitCode::done;
}

}  // namespace

Commands hook_commands() {
  const Parameter name{"NAME", "", "its name", true};
  return {
      {"hooks", "addresses that are called with each event: add, list, show, test, remove", {limit_parameter}, list},
      {"hooks add",
       "makes one, or changes one and resumes it; its secret is shown once",
       {name,
        {"URL", "", "http(s)://… or unix:/path/to.sock:/url/path, under hooks.targets", true},
        {"--type,-t", "T", "only events of this type; may be repeated", false, true, words::event_types},
        {"--answers", "", "it answers questions too"}},
       add},
      {"hooks list", "all, with how far they lag behind", {limit_parameter}, list},
      {"hooks show", "everything about one", {name}, show},
      {"hooks test", "sends it nopass.hook.test; exit 1 unless it was delivered", {name}, test},
      {"hooks remove", "forgets one", {name}, remove}};
}

}  // namespace nopassd::ctl
