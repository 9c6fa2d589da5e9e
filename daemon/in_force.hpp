#pragma once
// The configuration in force, and what is made of it. A request takes it once and keeps it to its end, so that a reload
// never changes one that is under way.
#include "daemon/caller_gate.hpp"
#include "daemon/nopass_server.hpp"
#include "daemon/peers.hpp"
#include "daemon/tls.hpp"
#include "handlers/site/site.hpp"

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>

namespace nopassd::daemon {

/// Thread-safe.
struct InForce {
  Config config;
  std::shared_ptr<CallerGate> gate;
  std::shared_ptr<const PeerTable> peers;
  std::shared_ptr<ServerTls> tls;  // null without TLS
  std::shared_ptr<const NopassServer> nopass;
};

/// The same services with other settings, which outlive them.
handlers::site::Services with_settings(const handlers::site::Services& base, const handlers::Settings& settings);

/// Throws std::exception naming the file, user or group that does not fit.
std::shared_ptr<const InForce> make_in_force(Config config);
/// Likewise, after a reload: what the changed keys do not concern stays, so that strangers' rates and TLS sessions do.
std::shared_ptr<const InForce> make_in_force(Config config, const InForce& before,
                                             std::span<const std::string> changed);

/// Thread-safe.
class ConfigHolder {
 public:
  explicit ConfigHolder(std::shared_ptr<const InForce> in_force) : in_force_(std::move(in_force)) {}

  /// Never null.
  std::shared_ptr<const InForce> get() const {
    const std::lock_guard lock(mutex_);
    return in_force_;
  }
  void set(std::shared_ptr<const InForce> in_force) {
    const std::lock_guard lock(mutex_);
    in_force_.swap(in_force);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const InForce> in_force_;
};

}  // namespace nopassd::daemon
