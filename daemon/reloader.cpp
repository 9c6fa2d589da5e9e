#include "daemon/reloader.hpp"

#include "daemon/options.hpp"
#include "daemon/tls.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>

namespace nopassd::daemon {

namespace {

/// sd_notify(3): a reload begins with the monotonic time, so that systemd can tell it from what came before.
void tell_systemd_begin() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
             static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void tell_systemd_end(std::size_t problems) {
  if (problems == 0) {
    sd_notify(0, "READY=1\nSTATUS=");
  } else {
    sd_notifyf(0, "READY=1\nSTATUS=The configuration is wrong (%zu problems, see the log): the old one is in force",
               problems);
  }
}

}  // namespace

void tell_expiry(const InForce& in_force, handlers::Metrics& metrics) {
  std::int64_t seconds = 0;
  if (in_force.tls) {
    seconds = std::chrono::floor<std::chrono::seconds>(expiry_of(*in_force.tls).time_since_epoch()).count();
  }
  metrics.certificate_expires.set(seconds);
}

handlers::Reloaded Reloader::reload() {
  tell_systemd_begin();
  handlers::Reloaded done = take_over();
  for (const auto& problem : done.problems) {
    target_.log.write(LogLevel::error, "the configuration was not taken over", {{"problem", problem}});
  }
  tell_systemd_end(done.problems.size());
  return done;
}

handlers::Reloaded Reloader::take_over() {
  handlers::Reloaded done;
  std::string trouble;
  auto text = read_config_file(source_.file, trouble);
  if (!text) {
    done.problems.push_back(fmt::format("{}: {}", source_.file, trouble));
    return done;
  }
  source_.text = std::move(*text);
  auto read = load_next(source_, loaded_);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&read)) {
    for (const auto& problem : *problems) done.problems.push_back(describe(problem));
    return done;
  }
  auto& next = std::get<NextConfig>(read);
  done.changed = next.changed;
  done.restart = next.restart;
  try {
    put_in_force(std::move(next));
  } catch (const std::exception& fault) {
    return {{}, {}, {fault.what()}};
  }
  return done;
}

void Reloader::put_in_force(NextConfig next) {
  const Config& config = next.loaded.config;
  const auto before = target_.in_force.get();
  const auto after = make_in_force(config, *before, next.changed);
  tell_expiry(*after, target_.metrics);
  target_.quotas.set_per_minute(config.site_requests_per_minute);
  target_.in_force.set(after);

  // Whichever of the two levels says more decides about this line.
  target_.log.set(std::min(before->config.log_level, config.log_level), config.log_json);
  target_.log.write(LogLevel::info, "the configuration was read again",
                    {{"changed", fmt::format("{}", fmt::join(next.changed, ", "))},
                     {"after_a_restart", fmt::format("{}", fmt::join(next.restart, ", "))}});
  for (const auto& note : config.notes) {
    const bool said = std::ranges::count(before->config.notes, note) > 0;
    if (!said) target_.log.write(LogLevel::warning, note);
  }
  target_.log.set(config.log_level, config.log_json);
  loaded_ = std::move(next.loaded);
}

}  // namespace nopassd::daemon
