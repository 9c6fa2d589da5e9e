#pragma once
// Reads the configuration again and puts it in force, all or nothing; tells the log and systemd.
#include "daemon/config_reload.hpp"
#include "daemon/in_force.hpp"
#include "daemon/log.hpp"
#include "handlers/metrics.hpp"
#include "handlers/operations.hpp"
#include "handlers/site/quotas.hpp"

#include <chrono>

namespace nopassd::daemon {

/// What a reload acts on; outlives it. Thread-safe.
struct Reloadable {
  ConfigHolder& in_force;
  handlers::site::Quotas& quotas;
  handlers::Metrics& metrics;
  Log& log;
};

/// Says in the metrics when the first certificate in force expires.
void tell_expiry(const InForce& in_force, handlers::Metrics& metrics);

/// Used by one thread at a time.
class Reloader {
 public:
  /// `source` is what `loaded`, which is in force, was read from.
  Reloader(ConfigSource source, LoadedConfig loaded, Reloadable target)
      : source_(std::move(source)), loaded_(std::move(loaded)), target_(target) {}

  /// Blocks on files and on the names of users and groups.
  handlers::Reloaded reload();
  /// Takes over a certificate, key or client_ca whose file has changed; once a day new keys for session tickets, too.
  /// Files that do not fit are told once, and what was in force stays. Blocks on files.
  void renew_certificates(std::chrono::steady_clock::time_point now);

 private:
  handlers::Reloaded take_over();
  void tell_log(const Config& before, const Config& config, const handlers::Reloaded& done);
  void renew(std::string digests, std::chrono::steady_clock::time_point now);
  void put_in_force(NextConfig next);
  std::string certificate_digests() const;
  std::string digests_in_force() const;

  ConfigSource source_;
  LoadedConfig loaded_;
  const Reloadable target_;
  std::chrono::steady_clock::time_point tickets_since_ = std::chrono::steady_clock::now();
  std::string refused_;  // digests of the files that did not fit
};

}  // namespace nopassd::daemon
