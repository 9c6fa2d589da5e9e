#include "daemon/activation.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <sys/socket.h>
#include <system_error>

namespace nopassd::daemon {

using boost::asio::ip::tcp;

namespace {

/// What sd_listen_fds_with_names() allocates.
class Names {
 public:
  Names() : count_(sd_listen_fds_with_names(1, &names_)) {
    if (count_ < 0) {
      throw ActivationError(
          fmt::format("LISTEN_FDS cannot be understood: {}", std::generic_category().message(-count_)));
    }
  }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  ~Names() {
    for (int i = 0; names_ != nullptr && names_[i] != nullptr; ++i) std::free(names_[i]);
    std::free(names_);
  }

  int count() const { return count_; }
  std::string_view name(int index) const { return names_[index]; }

 private:
  char** names_ = nullptr;
  int count_;
};

void require(bool fits, std::string_view name, std::string_view kind) {
  if (fits) return;
  throw ActivationError(
      fmt::format("the socket named {} is no listening {} socket: see ListenStream= and Accept=no of "
                  "the socket unit that has FileDescriptorName={}",
                  name, kind, name));
}

void place(std::optional<int>& where, int descriptor, std::string_view name) {
  if (where) {
    throw ActivationError(
        fmt::format("two sockets are named {}: leave one ListenStream= in the unit that has "
                    "FileDescriptorName={} ([::]:443 takes IPv4 too)",
                    name, name));
  }
  where = descriptor;
}

}  // namespace

PassedSockets take_passed_sockets() {
  const Names names;
  PassedSockets passed;
  for (int i = 0; i < names.count(); ++i) {
    const int descriptor = SD_LISTEN_FDS_START + i;
    const auto name = names.name(i);
    if (name == "https") {
      const bool tcp = sd_is_socket_inet(descriptor, AF_UNSPEC, SOCK_STREAM, 1, 0) > 0;
      require(tcp, name, "TCP");
      place(passed.https, descriptor, name);
    } else if (name == "site" || name == "live") {
      require(sd_is_socket(descriptor, AF_UNIX, SOCK_STREAM, 1) > 0, name, "Unix");
      place(name == "site" ? passed.site : passed.live, descriptor, name);
    } else {
      throw ActivationError(
          fmt::format("a socket unit passes a socket named {}, which nopassd does not know: its "
                      "FileDescriptorName= must be https, site or live",
                      name));
    }
  }
  return passed;
}

tcp::endpoint endpoint_of_passed(int https, bool tls) {
  tcp::endpoint endpoint;
  socklen_t length = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(https, endpoint.data(), &length) != 0) {
    throw ActivationError(fmt::format("the socket named https: {}", std::generic_category().message(errno)));
  }
  endpoint.resize(length);
  if (!tls && !endpoint.address().is_loopback()) {
    throw ActivationError(
        fmt::format("the socket named https listens on {}, port {}, and without TLS callbacks are taken on loopback "
                    "only: set listener.tls_certificate and listener.tls_key, or ListenStream=127.0.0.1:8480",
                    endpoint.address().to_string(), endpoint.port()));
  }
  return endpoint;
}

}  // namespace nopassd::daemon
