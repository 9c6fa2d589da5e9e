#pragma once
// nopassd --backup and nopassd --restore.
#include "daemon/options.hpp"

namespace nopassd::daemon {

/// Writes a copy of the database, whoever has it open, into `file`, which must not exist. Says what came of it.
ExitCode make_copy(const std::string& database, const std::string& file, Console console);

/// Puts `file` in the place of the database, which nobody may have open. Says where the old one is kept.
ExitCode restore_copy(const std::string& database, const std::string& file, Console console);

}  // namespace nopassd::daemon
