#include "daemon/in_force.hpp"

#include <algorithm>
#include <string_view>
#include <unistd.h>

namespace nopassd::daemon {

namespace {

std::shared_ptr<ServerTls> make_tls(const Config& config) {
  if (!config.listener.tls()) return nullptr;
  return std::make_shared<ServerTls>(make_server_tls(config.listener, config.callers.client_ca));
}

bool has_any(std::span<const std::string> keys, std::string_view beginning) {
  return std::ranges::any_of(keys, [&](const std::string& key) { return key.starts_with(beginning); });
}

}  // namespace

handlers::site::Services with_settings(const handlers::site::Services& base, const handlers::Settings& settings) {
  return {base.store,         base.notifications, settings,         base.random,     base.readers, base.quotas,
          base.storage_check, base.metrics,       base.hook_caller, base.operations, base.nopass,  base.own_calls};
}

std::shared_ptr<const InForce> make_in_force(Config config) {
  InForce made;
  made.gate = std::make_shared<CallerGate>(config.callers);
  made.peers = std::make_shared<const PeerTable>(config.clients, geteuid());
  made.tls = make_tls(config);
  made.nopass = make_nopass_server(config.nopass_server, config.nopass_ca);
  made.config = std::move(config);
  return std::make_shared<const InForce>(std::move(made));
}

std::shared_ptr<const InForce> make_in_force(Config config, const InForce& before,
                                             std::span<const std::string> changed) {
  InForce made = before;
  const bool tls = has_any(changed, "listener.tls_") || has_any(changed, "callers.client_ca");
  if (tls) made.tls = make_tls(config);
  const bool nopass = has_any(changed, "nopass.server") || has_any(changed, "nopass.ca_file");
  if (nopass) made.nopass = make_nopass_server(config.nopass_server, config.nopass_ca);
  if (has_any(changed, "callers.")) made.gate = std::make_shared<CallerGate>(config.callers);
  // Always: the machine's users and groups may have changed.
  made.peers = std::make_shared<const PeerTable>(config.clients, geteuid());
  made.config = std::move(config);
  return std::make_shared<const InForce>(std::move(made));
}

}  // namespace nopassd::daemon
