#pragma once
// What an HTTP connection serves: the callbacks or the site API. One object a connection, used on its thread.
#include "handlers/message.hpp"
#include "handlers/site/site.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nopassd::daemon {

/// The header of one request. The views live as long as the connection's parser.
struct HttpHead {
  handlers::Request request;  // without body; `caller` and `request_id` are the service's to fill
  std::vector<std::string_view> forwarded_for;
};

class HttpService {
 public:
  virtual ~HttpService() = default;

  /// What is decided on the header alone.
  struct Admission {
    std::uint64_t max_body = 0;
    std::optional<handlers::Reply> refusal;  // the answer, after the body was skipped
    bool hang_up = false;                    // answer the refusal at once, and close
  };
  virtual Admission admit(HttpHead& head) = 0;

  /// Whether the request may wait or stream, so that the connection must watch for the peer to hang up.
  virtual bool may_wait(const handlers::Request& request) const = 0;
  virtual boost::asio::awaitable<handlers::Reply> handle(const handlers::Request& request,
                                                         handlers::site::StreamWriter& stream) = 0;
  /// The reply to what the connection itself refuses: 400, 413, 417, 431, 500, 503.
  virtual handlers::Reply refuse(const handlers::Request& request, unsigned status, std::string_view why) = 0;
  /// After each reply. Says it in the log.
  virtual void answered(const handlers::Request& request, const handlers::Reply& reply) = 0;
};

}  // namespace nopassd::daemon
