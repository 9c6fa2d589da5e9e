#pragma once
// HTTP/1.1 over a Unix socket: one connection a request. Blocking; usable from any thread.
#include <chrono>
#include <string>
#include <system_error>

namespace nopassd::ctl {

struct HttpRequest {
  std::string method;
  std::string target;
  std::string body;  // JSON; empty: none
};

struct HttpReply {
  unsigned status = 0;
  std::string content_type;
  std::string date;  // the Date header as it came; empty when there is none
  std::string body;
};

/// Nobody answered. `connecting` tells whether the connection failed or broke later.
class ConnectionFailure : public std::system_error {
 public:
  ConnectionFailure(std::error_code code, bool connecting) : std::system_error(code), connecting_(connecting) {}
  bool connecting() const { return connecting_; }

 private:
  bool connecting_;
};

/// Longer than the daemon's own longest wait, a long poll of 60 s.
inline constexpr std::chrono::seconds reply_patience{90};

/// Where requests go, and the bearer token that they present; empty: none.
struct Server {
  std::string socket;
  std::string token;
};

/// Throws ConnectionFailure; std::errc::timed_out when the reply is not there after reply_patience.
HttpReply exchange(const Server& server, const HttpRequest& request);

}  // namespace nopassd::ctl
