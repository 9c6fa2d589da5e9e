#pragma once
#include "daemon/config.hpp"

#include <boost/asio/local/stream_protocol.hpp>

namespace nopassd::daemon {

/// A listening Unix socket with its mode and group set before anybody can connect. A socket file that nobody listens on
/// any more is replaced; one that is in use, or a file that is no socket, is not. Throws std::runtime_error saying what
/// is in the way and what to do.
boost::asio::local::stream_protocol::acceptor listen_on(boost::asio::io_context& context, const SocketConfig& config);

}  // namespace nopassd::daemon
