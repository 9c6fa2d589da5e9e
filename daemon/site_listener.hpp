#pragma once
// The listener for the site API on its Unix socket.
#include "daemon/http_connection.hpp"
#include "daemon/io_pool.hpp"
#include "daemon/site_service.hpp"

namespace nopassd::daemon {

/// Outlives its connections. Removes the socket file when it is closed.
class SiteListener {
 public:
  /// Binds and listens; throws std::runtime_error.
  SiteListener(IoPool& pool, const Config& config, SiteShared& site, ConnectionShared& connections);

  boost::asio::awaitable<void> accept();
  /// No new connections. On the first context's thread.
  void close();

 private:
  void welcome(boost::asio::local::stream_protocol::socket socket, boost::asio::io_context& context);

  IoPool& pool_;
  SiteShared& site_;
  ConnectionShared& connections_;
  const std::string path_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
};

}  // namespace nopassd::daemon
