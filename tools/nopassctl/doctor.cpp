// Is all well, and if not, what is to be done?
#include "tools/nopassctl/checks.hpp"
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/terminal.hpp"
#include "tools/nopassctl/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

using Status = Check::Status;

/// A check that could not be made is one that fails, and the others still run.
std::vector<Check> guarded(const char* name, const std::function<std::vector<Check>()>& check) {
  try {
    return check();
  } catch (const Failure& failure) {
    return {{name, Status::failing, failure.what(), "nopassd does not answer as it should: see its log"}};
  }
}

std::vector<Check> examine(const Client& client) {
  std::vector<Check> checks{check_socket(client)};
  if (checks.front().status == Status::failing) return checks;
  // What the daemon itself says of a thing comes last, and counts.
  const auto take = [&checks](std::vector<Check> more) {
    for (Check& check : more) {
      std::erase_if(checks, [&check](const Check& before) { return before.name == check.name; });
      checks.push_back(std::move(check));
    }
  };
  take(guarded("identity", [&] { return std::vector{check_identity(client)}; }));
  take(guarded("readiness", [&] { return check_readiness(client); }));
  take(guarded("system_clock", [&] { return std::vector{check_clock(client)}; }));
  take(guarded("diagnosis", [&] { return check_diagnosis(client); }));
  return checks;
}

json::object view(const Check& check) {
  constexpr std::array<std::string_view, 3> names = {"ok", "warning", "failing"};
  json::object view{{"name", check.name}, {"status", names[static_cast<std::size_t>(check.status)]}};
  view["detail"] = check.detail;
  if (!check.advice.empty()) view["advice"] = check.advice;
  return view;
}

void print_check(const Check& check, std::size_t width) {
  constexpr std::array<std::string_view, 3> words = {"ok  ", "warn", "fail"};
  constexpr std::array colours = {Colour::green, Colour::yellow, Colour::red};
  const auto status = static_cast<std::size_t>(check.status);
  const std::string name = printable(check.name);
  fmt::print("{}  {}{}  {}\n", coloured(words[status], colours[status]), name,
             std::string(width - columns_of(name), ' '), printable(check.detail));
  if (!check.advice.empty()) fmt::print("{}-> {}\n", std::string(width + 8, ' '), printable(check.advice));
}

ExitCode doctor(const Context& context, const Arguments&) {
  const std::vector<Check> checks = examine(context.client);
  json::array views;
  std::size_t width = 0, failing = 0, warnings = 0;
  for (const Check& check : checks) {
    views.push_back(view(check));
    width = std::max(width, columns_of(printable(check.name)));
    failing += check.status == Status::failing;
    warnings += check.status == Status::warning;
  }
  const ExitCode code = failing > 0 ? ExitCode::failed : ExitCode::done;
  if (context.json) {
    json::object all;
    all["checks"] = std::move(views);
    print_json(all);
    return code;
  }
  for (const Check& check : checks) print_check(check, width);
  print_line(fmt::format("{} ok, {} warnings, {} failing", checks.size() - failing - warnings, warnings, failing));
  return code;
}

}  // namespace

Commands doctor_commands() {
  return {{"doctor",
           "checks socket, rights, storage, portal, clock, certificate, disk, database, NoPass, lag",
           {},
           doctor,
           "Each check is ok, warn or fail, with what to do. Exit 1 if one fails. With --json {\"checks\":[…]}."}};
}

}  // namespace nopassd::ctl
