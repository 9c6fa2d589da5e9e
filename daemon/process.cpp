#include "daemon/process.hpp"

#include "daemon/log.hpp"
#include "daemon/server.hpp"
#include "daemon/signals.hpp"

#include <csignal>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/stat.h>
#include <utility>

namespace nopassd::daemon {

namespace {

constexpr rlim_t spare_descriptors = 256;

void raise_descriptor_limit(const Config& config, Log& log) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < config.listener.max_connections + spare_descriptors) {
    log.write(LogLevel::warning,
              "the limit of open files (LimitNOFILE= of the unit, ulimit -n) is below listener.max_connections",
              {{"limit", std::to_string(limit.rlim_cur)}});
  }
}

}  // namespace

int run_process(RunCommand command) {
  const Config& config = command.loaded.config;
  Log log(config.log_level, config.log_json);
  try {
    const PassedSockets passed = take_passed_sockets();
    hold_signals();
    umask(0077);
    // A peer that is gone is an error of that write; a file size limit is a full disk. Neither ends the process.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    raise_descriptor_limit(config, log);
    Server server(std::move(command), passed, log);
    server.run();
    return EXIT_SUCCESS;
  } catch (const ActivationError& fault) {
    log.write(LogLevel::error, "the units are wrong", {{"why", fault.what()}});
    return static_cast<int>(ExitCode::configuration);
  } catch (const std::exception& fault) {
    log.write(LogLevel::error, "cannot go on", {{"why", fault.what()}});
    return EXIT_FAILURE;
  }
}

}  // namespace nopassd::daemon
