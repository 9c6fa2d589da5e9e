#pragma once
// Reads the configuration again and puts it in force, all or nothing; tells the log and systemd.
#include "daemon/config_reload.hpp"
#include "daemon/in_force.hpp"
#include "daemon/log.hpp"
#include "handlers/metrics.hpp"
#include "handlers/operations.hpp"
#include "handlers/site/quotas.hpp"

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

 private:
  handlers::Reloaded take_over();
  void put_in_force(NextConfig next);

  ConfigSource source_;
  LoadedConfig loaded_;
  const Reloadable target_;
};

}  // namespace nopassd::daemon
