#pragma once
// A listener for HTTP on a Unix socket: the site's, and the browsers'.
#include "daemon/http_connection.hpp"
#include "daemon/io_pool.hpp"

#include <functional>
#include <memory>
#include <string>

namespace nopassd::daemon {

/// Outlives its connections. Removes the socket file when it is closed.
class UnixListener {
 public:
  /// What one connection serves; `handle` is its socket. May throw: the peer is turned away then.
  using MakeService = std::function<std::unique_ptr<HttpService>(int handle)>;

  /// Binds and listens; throws std::runtime_error.
  UnixListener(IoPool& pool, const SocketConfig& config, ConnectionShared& connections, MakeService make_service);

  boost::asio::awaitable<void> accept();
  /// No new connections. On the first context's thread.
  void close();

 private:
  void welcome(boost::asio::local::stream_protocol::socket socket, boost::asio::io_context& context);

  IoPool& pool_;
  ConnectionShared& connections_;
  const MakeService make_service_;
  const std::string path_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
};

}  // namespace nopassd::daemon
