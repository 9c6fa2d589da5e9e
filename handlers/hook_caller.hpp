#pragma once
// How the site's hooks are called. The daemon implements it; what is said, and when, is decided in handlers/site.
#include "storage/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>
#include <vector>

namespace nopassd::handlers {

namespace asio = boost::asio;

struct HookRequest {
  std::string url;  // http:, https: or "unix:/path/to.sock:/url/path"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // application/json
  storage::Milliseconds timeout{10000};
};

struct HookReply {
  unsigned status = 0;  // 0: there was no answer
  std::string body;     // at most 64 KiB of it
  std::string detail;   // why there was no answer; no secret. Empty then: the daemon is stopping
  storage::Milliseconds took{};
};

/// Thread-safe. Follows no redirect; verifies the certificate of https.
class HookCaller {
 public:
  virtual ~HookCaller() = default;
  /// One POST, on a connection of its own, within the timeout. Never throws for what the other side does.
  virtual asio::awaitable<HookReply> post(HookRequest request) = 0;
  /// Why this URL may never be called, where that can be told without calling it: it leads to one of the daemon's own
  /// sockets. Empty: nothing speaks against it so far.
  virtual std::string objection(const std::string& url) const = 0;
};

}  // namespace nopassd::handlers
