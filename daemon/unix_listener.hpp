#pragma once
// A listener for HTTP on a Unix socket: the site's, and the browsers'.
#include "daemon/http_connection.hpp"
#include "daemon/io_pool.hpp"
#include "daemon/unix_socket.hpp"

#include <functional>
#include <memory>
#include <string>

namespace nopassd::daemon {

/// Outlives its connections. Removes the socket file when it is closed, unless the socket was passed.
class UnixListener {
 public:
  /// What one connection serves; `handle` is its socket. May throw: the peer is turned away then.
  using MakeService = std::function<std::unique_ptr<HttpService>(int handle)>;

  /// The socket belongs to the pool's first context.
  UnixListener(IoPool& pool, ListeningSocket socket, ConnectionShared& connections, MakeService make_service);

  const std::string& path() const { return socket_.path; }
  boost::asio::awaitable<void> accept();
  /// No new connections. On the first context's thread.
  void close();

 private:
  void welcome(boost::asio::local::stream_protocol::socket socket, boost::asio::io_context& context);

  IoPool& pool_;
  ConnectionShared& connections_;
  const MakeService make_service_;
  ListeningSocket socket_;
};

}  // namespace nopassd::daemon
