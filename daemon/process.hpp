#pragma once
#include "daemon/options.hpp"

namespace nopassd::daemon {

/// Prepares the process (umask, signals, descriptors), serves until told to stop, and returns the exit code: 0 stopped
/// as told, 1 failed, 78 the units pass sockets that do not fit; the log explains it. Call it once, on the main thread.
int run_process(RunCommand command);

}  // namespace nopassd::daemon
