#pragma once
// GET and HEAD of /metrics on one connection to metrics.address, and nothing else.
#include "daemon/http_service.hpp"
#include "daemon/log.hpp"

#include <atomic>

namespace nopassd::daemon {

/// What a request needs; outlives the connections. Thread-safe.
struct MetricsContext {
  const handlers::site::Services& services;
  Log& log;
  std::atomic<std::uint64_t>& request_count;
};

class MetricsService : public HttpService {
 public:
  explicit MetricsService(MetricsContext& context) : context_(context) {}

  Admission admit(HttpHead& head) override;
  bool may_wait(const handlers::Request&) const override { return false; }
  boost::asio::awaitable<handlers::Reply> handle(const handlers::Request& request,
                                                 handlers::site::StreamWriter& stream) override;
  handlers::Reply refuse(const handlers::Request& request, unsigned status, std::string_view why) override;
  void answered(const handlers::Request& request, const handlers::Reply& reply) override;

 private:
  MetricsContext& context_;
  std::string request_id_;  // of the request under way
};

}  // namespace nopassd::daemon
