#include "daemon/options.hpp"

#include "daemon/copies.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>

namespace nopassd::daemon {
namespace {

constexpr std::size_t largest_file = 1 << 20;

constexpr const char* footer = R"(
Examples:
  nopassd                                            run with /etc/nopassd/nopassd.toml
  nopassd -c my.toml --check-config                  is it valid?
  nopassd --set listener.address=127.0.0.1:0 \
          --set storage.url=sqlite:/tmp/try.db       override single keys
  nopassd --print-config                             every key in force
  nopassd --backup /root/nopassd.db                  a copy of the database, checked
  nopassd --restore /root/nopassd.db                 back to that copy; the daemon must be stopped

Exit codes: 0 stopped as told, 1 failed, 2 wrong usage, 78 wrong configuration.
Every key is explained in docs/configuration.md and in the installed nopassd.toml.
)";

struct Flags {
  bool check = false, print = false, version = false, help = false;
  std::string backup, restore;
};

std::unique_ptr<CLI::App> make_app(Options& options, Flags& flags) {
  auto app = std::make_unique<CLI::App>("nopassd carries the callbacks of the NoPass server to a website.", "nopassd");
  app->set_help_flag();
  app->add_option("-c,--config", options.config_file, "The configuration")->type_name("FILE")->capture_default_str();
  app->add_option("-s,--set", options.sets, "Overrides one key; may be repeated, the last one wins")
      ->type_name("table.key=value")
      ->allow_extra_args(false);
  constexpr const char* modes = "Instead of running, one of";
  app->add_flag("--check-config", flags.check, "Say whether the configuration is valid, and stop")->group(modes);
  app->add_flag("--print-config", flags.print, "Print every key in force as TOML, passwords masked, and stop")
      ->group(modes);
  app->add_option("--backup", flags.backup, "Write a copy of the database, in use or not, into a new FILE, and stop")
      ->type_name("FILE")
      ->group(modes);
  app->add_option("--restore", flags.restore,
                  "Put the copy FILE in the place of the database of a stopped daemon, and stop")
      ->type_name("FILE")
      ->group(modes);
  app->add_flag("-V,--version", flags.version, "Print the version, and stop")->group(modes);
  app->add_flag("-h,--help", flags.help, "Print this, and stop")->group(modes);
  app->footer(footer);
  return app;
}

/// Nothing when more than one is asked for.
std::optional<Mode> mode_of(const Flags& flags) {
  const int copies = !flags.backup.empty() + !flags.restore.empty();
  if (flags.check + flags.print + flags.version + flags.help + copies > 1) return std::nullopt;
  if (flags.help) return Mode::help;
  if (flags.version) return Mode::version;
  if (flags.check) return Mode::check;
  if (!flags.backup.empty()) return Mode::back_up;
  if (!flags.restore.empty()) return Mode::restore;
  return flags.print ? Mode::print : Mode::run;
}

ExitCode refuse_usage(std::ostream& error, std::string_view reason) {
  error << fmt::format("nopassd: {}\nnopassd --help shows what there is\n", reason);
  return ExitCode::usage;
}

void print_summary(const Config& config, const std::string& file, std::ostream& out) {
  const auto& address = config.listener.address;
  const auto host =
      address.address().is_v6() ? fmt::format("[{}]", address.address().to_string()) : address.address().to_string();
  out << fmt::format("{}: configuration is valid\n", file);
  out << fmt::format("  callbacks  {}://{}:{}{}\n", config.listener.tls() ? "https" : "http", host, address.port(),
                     config.path_prefix);
  out << fmt::format("  site       {}, {} clients\n", config.site.path, config.clients.size());
  out << fmt::format("  storage    {}\n", config.storage_path);
  for (const auto& note : config.notes) out << fmt::format("  note: {}\n", note);
}

ExitCode copy_database(const Options& options, const ConfigSource& source, Console console) {
  const auto path = load_storage_path(source);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&path)) {
    console.error << describe(*problems);
    return ExitCode::configuration;
  }
  const auto copy = options.mode == Mode::back_up ? make_copy : restore_copy;
  return copy(std::get<std::string>(path), options.copy, console);
}

}  // namespace

std::string help_text() {
  Options options;
  Flags flags;
  return make_app(options, flags)->help();
}

std::string describe(const ConfigProblem& problem) {
  std::string result = problem.where + ": ";
  // An override names its key already.
  if (!problem.key.empty() && problem.where != "--set " + problem.key) result += problem.key + ": ";
  result += problem.what;
  const bool question = problem.hint.ends_with('?');
  if (!problem.hint.empty()) result += fmt::format(" ({}{})", question ? "" : "right: ", problem.hint);
  return result;
}

std::string describe(const std::vector<ConfigProblem>& problems) {
  std::string result;
  for (const auto& problem : problems) result += describe(problem) + '\n';
  return result;
}

std::optional<std::string> read_config_file(const std::string& path, std::string& trouble) {
  const auto refuse = [&trouble](std::string why) {
    trouble = std::move(why);
    return std::nullopt;
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return refuse("is a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) return refuse(std::generic_category().message(errno));
  std::string text;
  try {
    text.assign(std::istreambuf_iterator<char>(file), {});
  } catch (const std::ios_base::failure& failure) {
    return refuse(failure.what());
  }
  if (text.size() > largest_file) return refuse("is larger than 1 MiB, which no configuration is");
  return text;
}

std::variant<Options, ExitCode> read_options(int argc, const char* const* argv, Console console) {
  Options options;
  Flags flags;
  const auto app = make_app(options, flags);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return refuse_usage(console.error, error.what());
  }
  const auto mode = mode_of(flags);
  if (!mode) {
    return refuse_usage(
        console.error,
        "only one of --check-config, --print-config, --backup, --restore, --version and --help at a time");
  }
  options.mode = *mode;
  options.copy = *mode == Mode::back_up ? flags.backup : flags.restore;
  return options;
}

std::variant<RunCommand, ExitCode> carry_out(const Options& options, Console console) {
  if (options.mode == Mode::help) console.out << help_text();
  if (options.mode == Mode::version) console.out << fmt::format("nopassd {}\n", NOPASSD_VERSION);
  if (options.mode == Mode::help || options.mode == Mode::version) return ExitCode::stopped;
  std::string trouble;
  auto text = read_config_file(options.config_file, trouble);
  if (!text) {
    console.error << fmt::format("nopassd: {}: {}\n", options.config_file, trouble);
    console.error << "name a readable file with --config FILE; conf/nopassd.toml is one to begin with\n";
    return ExitCode::configuration;
  }
  ConfigSource source{std::move(*text), options.config_file, options.sets};
  if (options.mode == Mode::back_up || options.mode == Mode::restore) return copy_database(options, source, console);
  auto loaded = load_entries(source);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
    console.error << describe(*problems);
    return ExitCode::configuration;
  }
  if (options.mode == Mode::check) print_summary(std::get<LoadedConfig>(loaded).config, source.file, console.out);
  if (options.mode == Mode::print) console.out << print_config(source);
  if (options.mode != Mode::run) return ExitCode::stopped;
  return RunCommand{std::get<LoadedConfig>(std::move(loaded)), std::move(source)};
}

std::variant<RunCommand, ExitCode> parse_options(int argc, const char* const* argv) {
  const Console console{std::cout, std::cerr};
  const auto options = read_options(argc, argv, console);
  if (const auto* code = std::get_if<ExitCode>(&options)) return *code;
  return carry_out(std::get<Options>(options), console);
}

}  // namespace nopassd::daemon
