#include "daemon/own_sockets.hpp"

#include "daemon/address.hpp"

#include <algorithm>
#include <sys/stat.h>

namespace nopassd::daemon {

bool OwnSockets::has(const std::string& path) const {
  struct stat theirs {};
  const bool there = stat(path.c_str(), &theirs) == 0;
  return std::ranges::any_of(paths, [&](const std::string& own) {
    struct stat ours {};
    if (own == path) return true;
    return there && stat(own.c_str(), &ours) == 0 && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
  });
}

bool OwnSockets::has(const boost::asio::ip::tcp::endpoint& remote, const address& local) const {
  const address there = plain_address(remote.address());
  const bool this_machine = there.is_loopback() || there.is_unspecified() || there == plain_address(local);
  return std::ranges::any_of(endpoints, [&](const boost::asio::ip::tcp::endpoint& own) {
    const address here = plain_address(own.address());
    const bool everywhere = here.is_unspecified() && this_machine && (here.is_v6() || there.is_v4());
    // Whoever connects to no address reaches loopback.
    const bool unnamed = there.is_unspecified() && here.is_loopback();
    return own.port() == remote.port() && (here == there || everywhere || unnamed);
  });
}

}  // namespace nopassd::daemon
