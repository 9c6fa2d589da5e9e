#pragma once
#include "handlers/metrics.hpp"

namespace nopassd::daemon {

/// This process as the kernel sees it now: all but `started_at` and `listeners`. What cannot be told is 0.
handlers::ProcessFigures process_figures();

}  // namespace nopassd::daemon
