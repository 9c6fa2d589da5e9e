#pragma once
// nopass.server and nopass.ca_file, as the calls need them.
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace nopassd::daemon {

/// Immutable, but for the TLS context's own counters; thread-safe.
struct NopassServer {
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 0;
  std::string host_header;
  std::shared_ptr<boost::asio::ssl::context> tls;  // null for http
};

/// `url` is one that the configuration accepts; `ca_file` empty: the system's authorities. Throws std::runtime_error
/// naming the file that does not fit.
std::shared_ptr<const NopassServer> make_nopass_server(const std::string& url, const std::string& ca_file);

}  // namespace nopassd::daemon
