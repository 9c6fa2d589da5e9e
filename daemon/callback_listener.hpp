#pragma once
// The listener for the callbacks: plain HTTP or HTTPS on one TCP address, with or without the PROXY protocol.
#include "daemon/callback_service.hpp"
#include "daemon/http_connection.hpp"
#include "daemon/io_pool.hpp"
#include "handlers/places.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>

namespace nopassd::daemon {

/// Outlives its connections. accept() runs on the pool's first context; connections are spread over all of them.
class CallbackListener {
 public:
  /// `acceptor` listens, on the pool's first context.
  CallbackListener(IoPool& pool, boost::asio::ip::tcp::acceptor acceptor, CallbackShared& callbacks,
                   ConnectionShared& connections, handlers::Places& strangers);

  boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  boost::asio::awaitable<void> accept();
  /// No new connections. On the first context's thread.
  void close();

 private:
  void welcome(boost::asio::ip::tcp::socket socket, boost::asio::io_context& context);
  boost::asio::awaitable<void> greet(PlainStream stream, address peer, std::shared_ptr<void> place);
  boost::asio::awaitable<std::optional<address>> read_proxy_header(PlainStream& stream, std::string& early,
                                                                   bool& valid);

  IoPool& pool_;
  CallbackShared& callbacks_;
  ConnectionShared& connections_;
  handlers::Places& strangers_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace nopassd::daemon
