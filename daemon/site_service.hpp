#pragma once
// The site API on one connection of the local socket.
#include "daemon/http_service.hpp"
#include "daemon/in_force.hpp"
#include "daemon/log.hpp"
#include "handlers/site/site.hpp"

#include <atomic>
#include <chrono>
#include <optional>

namespace nopassd::daemon {

/// What all connections of the site socket share; outlives them. Thread-safe.
struct SiteShared {
  const handlers::site::Services& services;  // with the settings of the start
  const ConfigHolder& in_force;
  Log& log;
  std::atomic<std::uint64_t>& request_count;
};

class SiteService : public HttpService {
 public:
  static constexpr std::uint64_t max_body = 1 << 20;

  SiteService(SiteShared& shared, Credentials credentials) : shared_(shared), credentials_(std::move(credentials)) {}

  Admission admit(HttpHead& head) override;
  bool may_wait(const handlers::Request& request) const override { return handlers::site::may_wait(request); }
  boost::asio::awaitable<handlers::Reply> handle(const handlers::Request& request,
                                                 handlers::site::StreamWriter& stream) override;
  handlers::Reply refuse(const handlers::Request& request, unsigned status, std::string_view why) override;
  void answered(const handlers::Request& request, const handlers::Reply& reply) override;

 private:
  void tell_operator_action(const handlers::Request& request, const handlers::Reply& reply);
  boost::asio::awaitable<handlers::Reply> wait(const handlers::Request& request, handlers::site::StreamWriter& stream);

  SiteShared& shared_;
  const Credentials credentials_;
  std::shared_ptr<const InForce> in_force_;                     // for the request under way
  std::optional<handlers::site::Services> services_;            // likewise, with those settings
  handlers::site::Peer peer_;                                   // likewise: what is granted may change
  std::string request_id_;                                      // likewise
  std::optional<std::chrono::steady_clock::time_point> began_;  // likewise, unless it waits or streams
};

}  // namespace nopassd::daemon
