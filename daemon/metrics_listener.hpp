#pragma once
// The listener for Prometheus: plain HTTP on the loopback address metrics.address.
#include "daemon/http_connection.hpp"
#include "daemon/io_pool.hpp"
#include "daemon/metrics_service.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace nopassd::daemon {

/// What its connections share; outlives them. Thread-safe.
struct MetricsShared {
  MetricsShared(const handlers::site::Services& site, const HttpLimits& limits, Log& log_to,
                std::atomic<std::uint64_t>& requests)
      : context{site, log_to, requests}, connections{limits, budget, registry, log_to} {}

  static constexpr std::size_t most_connections = 64;

  MetricsContext context;
  BodyBudget budget{0};
  ConnectionRegistry registry{most_connections};
  ConnectionShared connections;
};

/// Outlives its connections. accept() runs on the pool's first context; connections are spread over all of them.
class MetricsListener {
 public:
  /// Binds and listens; throws std::runtime_error naming the address.
  MetricsListener(IoPool& pool, const boost::asio::ip::tcp::endpoint& endpoint, MetricsShared& shared);

  boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  boost::asio::awaitable<void> accept();
  /// No new connections. On the first context's thread.
  void close();

 private:
  void welcome(boost::asio::ip::tcp::socket socket, boost::asio::io_context& context);

  IoPool& pool_;
  MetricsShared& shared_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace nopassd::daemon
