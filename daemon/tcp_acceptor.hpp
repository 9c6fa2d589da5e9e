#pragma once
#include "daemon/config.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace nopassd::daemon {

/// Listens on this address. Throws std::runtime_error that names `key`, the configuration's, and the address.
boost::asio::ip::tcp::acceptor listen_on_tcp(boost::asio::io_context& context,
                                             const boost::asio::ip::tcp::endpoint& endpoint, std::string_view key);

/// The socket that was passed, with TLS or on loopback; without one, a new one at listener.address. Throws
/// ActivationError or std::runtime_error.
boost::asio::ip::tcp::acceptor listen_for_callbacks(boost::asio::io_context& context, const ListenerConfig& config,
                                                    std::optional<int> passed);

/// "http://127.0.0.1:8480", "https://[::1]:8480".
std::string url_of(const boost::asio::ip::tcp::endpoint& endpoint, bool tls);

}  // namespace nopassd::daemon
