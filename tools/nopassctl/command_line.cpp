#include "tools/nopassctl/command_line.hpp"

#include "tools/nopassctl/secrets.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <map>

namespace nopassd::ctl {
namespace {

constexpr const char* about = "nopassctl: what an operator asks of nopassd, over its site socket.";
constexpr const char* examples = R"(
Examples:
  nopassctl status                         everything that matters, on one screen
  nopassctl doctor                         is all well, and what is to be done?
  nopassctl register                       register the portal with NoPass
  nopassctl events --follow                what happens
  nopassctl events -t session.denied       who was refused lately
  nopassctl sessions --state open --json   the API's own JSON
  nopassctl users delete --login ada       suspend a user, erase him later
  nopassctl hooks add shop unix:/run/shop.sock:/nopass -t session.authorized
  nopassctl clients add worker --scope events:read
nopassctl COMMAND --help tells more.

Exit codes:
  0  done
  1  failed; a check of doctor fails; a hook's test was not delivered
  2  wrong usage
  3  the daemon cannot be reached
  4  the daemon refused
  5  timed out waiting
)";

struct Options {
  std::string socket = "/run/nopassd/site.sock";
  std::string token_file;
  bool json = false;
};

/// The command line as CLI11 sees it, and what it found.
struct Parsed {
  Options options;
  Arguments arguments;
  const Command* chosen = nullptr;
};

void add_parameter(CLI::App& app, const Parameter& parameter, Arguments& arguments) {
  const std::string names(parameter.names), help(parameter.help), key = parameter.key();
  if (parameter.is_flag()) {
    app.add_flag_function(
        names, [&arguments, key](std::int64_t) { arguments.add(key, ""); }, help);
    return;
  }
  CLI::Option* option = nullptr;
  if (parameter.many) {
    const auto take = [&arguments, key](const std::vector<std::string>& values) {
      for (const std::string& value : values) arguments.add(key, value);
    };
    option = app.add_option_function<std::vector<std::string>>(names, take, help)->allow_extra_args(false);
  } else {
    const auto take = [&arguments, key](const std::string& value) { arguments.add(key, value); };
    option = app.add_option_function<std::string>(names, take, help);
  }
  option->type_name(std::string(parameter.value))->required(parameter.required);
}

/// --socket, --token and --json, which may stand anywhere. Only the help of the whole program lists them.
void add_options(CLI::App& app, Options& options, bool listed) {
  CLI::Option* socket = app.add_option("--socket", options.socket, "the daemon's site socket")->type_name("PATH");
  CLI::Option* token =
      app.add_option("--token", options.token_file, "a file with a bearer token (- for standard input)")
          ->type_name("FILE");
  CLI::Option* json = app.add_flag("--json", options.json, "print the API's JSON instead of tables");
  if (listed) {
    socket->envname("NOPASSD_SOCKET")->capture_default_str();
    token->envname("NOPASSCTL_TOKEN_FILE");
  } else {
    socket->group("");
    token->group("");
    json->group("");
  }
}

CLI::App* add_command(CLI::App& root, const Command& command, std::map<std::string, CLI::App*>& made) {
  const std::string path(command.path);
  const std::size_t space = path.find(' ');
  CLI::App& parent = space == path.npos ? root : *made.at(path.substr(0, space));
  CLI::App* app = parent.add_subcommand(space == path.npos ? path : path.substr(space + 1), std::string(command.help));
  // No more than one, or else a name like that of a command would be taken for it.
  parent.require_subcommand(&parent == &root ? 1 : 0, 1);
  if (!command.more.empty()) app->footer(std::string(command.more));
  made[path] = app;
  return app;
}

void build(CLI::App& root, Parsed& parsed) {
  root.set_help_flag("-h,--help", "print this, and stop");
  root.set_version_flag("-V,--version", "nopassctl " NOPASSD_VERSION, "print the version, and stop");
  add_options(root, parsed.options, true);
  std::map<std::string, CLI::App*> made;
  for (const Command& command : commands()) {
    CLI::App* app = add_command(root, command, made);
    for (const Parameter& parameter : command.parameters) add_parameter(*app, parameter, parsed.arguments);
    add_options(*app, parsed.options, false);
    // A parent's comes after its child's, and yields.
    app->final_callback([&parsed, &command] {
      if (parsed.chosen == nullptr) parsed.chosen = &command;
    });
  }
  root.footer(examples);  // last, because commands inherit it
}

const CLI::App* innermost(const CLI::App& root) {
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

/// The command or option of `app` that comes nearest to a word that it does not know; empty when none is near.
std::string nearest(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  if (word.starts_with('-')) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  } else {
    for (const CLI::App* child : app.get_subcommands(nullptr)) names.push_back(child->get_name());
  }
  std::string best;
  std::size_t distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& name : names) {
    const std::size_t here = edit_distance(word.substr(0, word.find('=')), name);
    if (here < distance) std::tie(best, distance) = std::tie(name, here);
  }
  return best;
}

ExitCode refuse_usage(const CLI::App& root, const CLI::ParseError& error) {
  const CLI::App* app = innermost(root);
  std::string command = app->get_name();
  for (const CLI::App* up = app->get_parent(); up != nullptr; up = up->get_parent()) {
    command = up->get_name() + " " + command;
  }
  const auto unknown = app->remaining(false);
  std::string text = unknown.empty() ? std::string(error.what()) : fmt::format("{} is unknown here", unknown.front());
  const std::string meant = unknown.empty() ? "" : nearest(*app, unknown.front());
  if (!meant.empty()) text += fmt::format("; did you mean {}?", meant);
  print_note(fmt::format("{}: {}", command, text));
  print_note(fmt::format("{} --help shows what there is", command));
  return ExitCode::usage;
}

ExitCode say(const Failure& failure) {
  std::fflush(stdout);
  std::string_view rest = failure.what();
  for (std::string lead = "nopassctl: "; !rest.empty(); lead.clear()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    print_note(lead + std::string(line));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return failure.code();
}

}  // namespace

ExitCode run_command_line(int argc, char** argv) {
  Parsed parsed;
  CLI::App root(about, "nopassctl");
  try {
    build(root, parsed);
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? static_cast<ExitCode>(root.exit(error)) : refuse_usage(root, error);
  }
  try {
    const Context context{Client({parsed.options.socket, read_token(parsed.options.token_file)}), parsed.options.json};
    const ExitCode code = parsed.chosen->run(context, parsed.arguments);
    if (std::fflush(stdout) != 0) throw Failure(ExitCode::failed, "standard output cannot be written");
    return code;
  } catch (const Failure& failure) {
    return say(failure);
  } catch (const std::exception& error) {
    return say(Failure(ExitCode::failed, error.what()));
  }
}

}  // namespace nopassd::ctl
