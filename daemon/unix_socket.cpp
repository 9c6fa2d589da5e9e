#include "daemon/unix_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace nopassd::daemon {

using boost::asio::local::stream_protocol;

namespace {

[[noreturn]] void fail(const std::string& path, std::string_view what) {
  throw std::runtime_error(fmt::format("socket {}: {}", path, what));
}

void remove_leftover(boost::asio::io_context& context, const std::string& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) fail(path, "there is a file of this name that is no socket; move it away");
  stream_protocol::socket probe(context);
  boost::system::error_code error;
  probe.connect(stream_protocol::endpoint(path), error);
  if (!error) fail(path, "another process listens on it; stop that one, or give this one another path");
  if (error != boost::asio::error::connection_refused) fail(path, error.message());
  unlink(path.c_str());
}

}  // namespace

ListeningSocket listen_on(boost::asio::io_context& context, const SocketConfig& config, std::optional<int> passed) {
  if (passed) {
    stream_protocol::acceptor acceptor(context, stream_protocol(), *passed);
    auto path = acceptor.local_endpoint().path();
    return {std::move(acceptor), std::move(path), true};
  }
  const std::string& path = config.path;
  remove_leftover(context, path);
  stream_protocol::acceptor acceptor(context);
  acceptor.open();
  boost::system::error_code error;
  const mode_t before = umask(0177);
  acceptor.bind(stream_protocol::endpoint(path), error);
  umask(before);
  if (error) fail(path, fmt::format("cannot bind: {}; the folder must exist and be writable", error.message()));
  if (!config.group.empty()) {
    const group* found = getgrnam(config.group.c_str());
    if (found == nullptr) fail(path, fmt::format("there is no group {}", config.group));
    if (chown(path.c_str(), static_cast<uid_t>(-1), found->gr_gid) != 0) {
      fail(path, fmt::format("cannot give it to group {}: {}", config.group, std::strerror(errno)));
    }
  }
  if (chmod(path.c_str(), config.mode) != 0) fail(path, fmt::format("cannot set its mode: {}", std::strerror(errno)));
  acceptor.listen();
  return {std::move(acceptor), path, false};
}

}  // namespace nopassd::daemon
