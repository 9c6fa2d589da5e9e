#pragma once
// Where the daemon itself listens, so that nothing that it calls leads back to it.
#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace nopassd::daemon {

/// Filled before anybody asks, and not changed afterwards.
struct OwnSockets {
  std::vector<std::string> paths;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;

  /// The same file, by whatever path.
  bool has(const std::string& path) const;
  /// `remote` as connected from `local`; an own socket on every address is on each that is this machine's.
  bool has(const boost::asio::ip::tcp::endpoint& remote, const boost::asio::ip::address& local) const;
};

}  // namespace nopassd::daemon
