#pragma once
// Sockets that systemd has opened already: sd_listen_fds(3), by the FileDescriptorName= of their socket units.
#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <stdexcept>

namespace nopassd::daemon {

/// What a unit passes does not fit, and what to do.
class ActivationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Descriptors of listening sockets, which belong to whoever listens with them; each is absent where none was passed.
struct PassedSockets {
  std::optional<int> https;  // TCP, for the callbacks
  std::optional<int> site;   // Unix
  std::optional<int> live;   // Unix
};

/// Takes what was passed to this process out of the environment. Called once, before other threads are there. Throws
/// ActivationError: a name that is none of ours, a name twice, a socket of the wrong kind.
PassedSockets take_passed_sockets();

/// Where the socket listens. Throws ActivationError when it is `tls` that it would need: plain HTTP outside loopback.
boost::asio::ip::tcp::endpoint endpoint_of_passed(int https, bool tls);

}  // namespace nopassd::daemon
