#pragma once
// The command line of nopassd, and everything that it can ask for short of running: docs/configuration.md, "Usage".
#include "daemon/config_reload.hpp"

#include <iosfwd>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nopassd::daemon {

/// What the process ends with. `configuration` is EX_CONFIG of sysexits.h.
enum class ExitCode : int { stopped = 0, failed = 1, usage = 2, configuration = 78 };

inline constexpr const char* default_config_file = "/etc/nopassd/nopassd.toml";

enum class Mode { run, check, print, back_up, restore, version, help };

struct Options {
  std::string config_file = default_config_file;
  std::vector<std::string> sets = {};  // "table.key=value", in the order given
  Mode mode = Mode::run;
  std::string copy = {};  // the FILE of --backup or --restore
};

/// Told to run, with a configuration that is valid. `source` is what it was read from.
struct RunCommand {
  LoadedConfig loaded;
  ConfigSource source;
};

/// Where messages go: `out` is what was asked for, `error` is what went wrong.
struct Console {
  std::ostream& out;
  std::ostream& error;
};

/// The arguments, or ExitCode::usage after saying on console.error what is wrong and what would be right.
std::variant<Options, ExitCode> read_options(int argc, const char* const* argv, Console console);

/// Does what the mode asks: run gives the loaded configuration, everything else ends with a code.
/// A file that is missing or wrong ends with ExitCode::configuration and every problem on console.error.
std::variant<RunCommand, ExitCode> carry_out(const Options& options, Console console);

/// read_options, then carry_out, on the process's own standard output and standard error.
std::variant<RunCommand, ExitCode> parse_options(int argc, const char* const* argv);

/// The text of --help.
std::string help_text();

/// Where, key, what is wrong, what would be right, without a line end.
std::string describe(const ConfigProblem& problem);
/// One line a problem.
std::string describe(const std::vector<ConfigProblem>& problems);

/// The file's text; nothing, and why not in `trouble`.
std::optional<std::string> read_config_file(const std::string& path, std::string& trouble);

}  // namespace nopassd::daemon
