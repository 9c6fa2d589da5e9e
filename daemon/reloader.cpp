#include "daemon/reloader.hpp"

#include "daemon/config_files.hpp"
#include "daemon/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace nopassd::daemon {

namespace {

constexpr std::array<std::string_view, 3> certificate_keys = {"listener.tls_certificate", "listener.tls_key",
                                                              "callers.client_ca"};

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
    seconds = std::chrono::floor<std::chrono::seconds>(in_force.tls->expires.time_since_epoch()).count();
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
  ConfigSource source = source_;
  source.text = std::move(*text);
  auto read = load_next(source, loaded_);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&read)) {
    for (const auto& problem : *problems) done.problems.push_back(describe(problem));
    return done;
  }
  auto& next = std::get<NextConfig>(read);
  done.changed = next.changed;
  done.restart = next.restart;
  const auto before = target_.in_force.get();
  const Config config = next.loaded.config;
  try {
    put_in_force(std::move(next));
  } catch (const std::exception& fault) {
    return {{}, {}, {fault.what()}};
  }
  source_ = std::move(source);
  tell_log(before->config, config, done);
  return done;
}

void Reloader::tell_log(const Config& before, const Config& config, const handlers::Reloaded& done) {
  // Whichever of the two levels says more decides about this line.
  target_.log.set(std::min(before.log_level, config.log_level), config.log_json);
  target_.log.write(LogLevel::info, "the configuration was read again",
                    {{"changed", fmt::format("{}", fmt::join(done.changed, ", "))},
                     {"after_a_restart", fmt::format("{}", fmt::join(done.restart, ", "))}});
  for (const auto& note : config.notes) {
    const bool said = std::ranges::count(before.notes, note) > 0;
    if (!said) target_.log.write(LogLevel::warning, note);
  }
  target_.log.set(config.log_level, config.log_json);
}

void Reloader::renew_certificates(std::chrono::steady_clock::time_point now) {
  constexpr auto life_of_ticket_keys = std::chrono::hours(24);
  if (!loaded_.config.listener.tls()) return;
  std::string digests = certificate_digests();
  const bool changed = digests != digests_in_force();
  if (!changed && now - tickets_since_ < life_of_ticket_keys) return;
  if (digests == refused_) return;
  renew(std::move(digests), now);
}

void Reloader::renew(std::string digests, std::chrono::steady_clock::time_point now) {
  const auto refuse = [&](const std::string& why) {
    target_.log.write(LogLevel::error, "the renewed certificate was not taken over", {{"why", why}});
    refused_ = std::move(digests);
  };
  auto read = load_next(source_, loaded_);
  if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&read)) return refuse(describe(problems->front()));
  auto& next = std::get<NextConfig>(read);
  const bool changed = !next.changed.empty();
  if (!changed) next.changed.emplace_back(certificate_keys.front());
  try {
    put_in_force(std::move(next));
  } catch (const std::exception& fault) {
    return refuse(fault.what());
  }
  tickets_since_ = now;
  refused_.clear();
  if (changed) target_.log.write(LogLevel::info, "a renewed certificate was taken over");
}

std::string Reloader::certificate_digests() const {
  std::string digests;
  for (const auto key : certificate_keys) digests += digest_of_files(loaded_.entries.at(key).value);
  return digests;
}

std::string Reloader::digests_in_force() const {
  std::string digests;
  for (const auto key : certificate_keys) digests += loaded_.entries.at(key).content;
  return digests;
}

void Reloader::put_in_force(NextConfig next) {
  const Config& config = next.loaded.config;
  const auto before = target_.in_force.get();
  const auto after = make_in_force(config, *before, next.changed);
  tell_expiry(*after, target_.metrics);
  target_.quotas.set_per_minute(config.site_requests_per_minute);
  target_.in_force.set(after);
  loaded_ = std::move(next.loaded);
}

}  // namespace nopassd::daemon
