#pragma once
// The way of a callback through the gate and the router to its handler.
#include "daemon/http_service.hpp"
#include "daemon/in_force.hpp"
#include "daemon/log.hpp"
#include "handlers/callback/callbacks.hpp"

#include <atomic>
#include <chrono>
#include <optional>

namespace nopassd::daemon {

/// What all connections of the callback listener share; outlives them. Thread-safe.
struct CallbackShared {
  const handlers::callback::Services& services;  // with the settings of the start
  const ConfigHolder& in_force;
  Log& log;
  std::atomic<std::uint64_t>& request_count;
};

class CallbackService : public HttpService {
 public:
  /// `proxied`: `peer` was told by a trusted proxy's PROXY header.
  CallbackService(CallbackShared& shared, address peer, bool proxied)
      : shared_(shared), peer_(std::move(peer)), proxied_(proxied) {
    take_settings();
  }

  Admission admit(HttpHead& head) override;
  bool may_wait(const handlers::Request&) const override { return false; }
  boost::asio::awaitable<handlers::Reply> handle(const handlers::Request& request,
                                                 handlers::site::StreamWriter& stream) override;
  handlers::Reply refuse(const handlers::Request& request, unsigned status, std::string_view why) override;
  void answered(const handlers::Request& request, const handlers::Reply& reply) override;

 private:
  /// For the request that begins.
  void take_settings();

  CallbackShared& shared_;
  const address peer_;
  const bool proxied_;
  std::shared_ptr<const InForce> in_force_;                     // for the request under way
  std::optional<handlers::callback::Services> services_;        // likewise, with those settings
  std::string caller_;                                          // likewise
  std::string request_id_;                                      // likewise
  std::optional<std::chrono::steady_clock::time_point> began_;  // likewise, when its header was read
};

}  // namespace nopassd::daemon
