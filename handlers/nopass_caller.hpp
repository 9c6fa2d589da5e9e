#pragma once
// How the NoPass server is called. The daemon implements it; what is said, and when, is decided in handlers/site.
// callbacks.md, "What the daemon calls".
#include "storage/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace nopassd::handlers {

namespace asio = boost::asio;

struct NopassRequest {
  std::string path;    // below nopass.server: "/api/UserAuthentication/RequestAuthorization"
  std::string bearer;  // the portal's authToken
  std::string body;    // application/json
};

struct NopassReply {
  enum class End {
    answered,     // status and body count
    unreachable,  // no connection, or it broke: 502
    silent,       // no answer in time: 504
    stopping,     // the daemon is
  };
  End end = End::unreachable;
  unsigned status = 0;
  std::string body;    // at most 1 MiB; a longer one is `unreachable`
  std::string detail;  // what is wrong and what to do, unless answered; no secret
  storage::Milliseconds took{};
};

/// Thread-safe. Follows no redirect; verifies certificate and host name of https.
class NopassCaller {
 public:
  virtual ~NopassCaller() = default;
  /// One POST on a kept connection, or on a new one: 3 s to connect, 10 s in all; sent a second time only when nothing
  /// of it was sent the first. Never throws for what the other side does.
  virtual asio::awaitable<NopassReply> post(NopassRequest request) = 0;
};

}  // namespace nopassd::handlers
