#pragma once
// From the arguments of the process to a command that runs.
#include "tools/nopassctl/command.hpp"

namespace nopassd::ctl {

/// Parses, runs, and says what went wrong. Never throws.
ExitCode run_command_line(int argc, char** argv);

}  // namespace nopassd::ctl
