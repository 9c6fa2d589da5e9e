#pragma once
#include "daemon/config.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <optional>
#include <string>

namespace nopassd::daemon {

struct ListeningSocket {
  boost::asio::local::stream_protocol::acceptor acceptor;
  std::string path;
  bool passed;  // by systemd, which keeps it beyond this process
};

/// The socket that was passed, where there is one, whatever `config` says; or a new one with its mode and group set
/// before anybody can connect. A socket file that nobody listens on any more is replaced; one that is in use, or a file
/// that is no socket, is not. Throws std::runtime_error saying what is in the way and what to do.
ListeningSocket listen_on(boost::asio::io_context& context, const SocketConfig& config,
                          std::optional<int> passed = std::nullopt);

}  // namespace nopassd::daemon
