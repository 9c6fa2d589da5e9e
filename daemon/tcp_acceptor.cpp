#include "daemon/tcp_acceptor.hpp"

#include "daemon/activation.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace nopassd::daemon {

namespace asio = boost::asio;
using asio::ip::tcp;

tcp::acceptor listen_on_tcp(asio::io_context& context, const tcp::endpoint& endpoint, std::string_view key) {
  tcp::acceptor acceptor(context);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  throw std::runtime_error(fmt::format("{}: cannot listen on {}, port {}: {}", key, endpoint.address().to_string(),
                                       endpoint.port(), error.message()));
}

tcp::acceptor listen_for_callbacks(asio::io_context& context, const ListenerConfig& config, std::optional<int> passed) {
  if (!passed) return listen_on_tcp(context, config.address, "listener.address");
  return {context, endpoint_of_passed(*passed, config.tls()).protocol(), *passed};
}

std::string url_of(const tcp::endpoint& endpoint, bool tls) {
  const auto host =
      endpoint.address().is_v6() ? fmt::format("[{}]", endpoint.address().to_string()) : endpoint.address().to_string();
  return fmt::format("{}://{}:{}", tls ? "https" : "http", host, endpoint.port());
}

}  // namespace nopassd::daemon
