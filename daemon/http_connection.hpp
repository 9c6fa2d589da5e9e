#pragma once
// One HTTP/1.x connection: reads requests within limits and deadlines, hands them to its service, writes the replies.
#include "daemon/body_budget.hpp"
#include "daemon/connection_registry.hpp"
#include "daemon/http_service.hpp"
#include "daemon/log.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>
#include <string>

namespace nopassd::daemon {

struct HttpLimits {
  Milliseconds header_timeout{10000}, body_timeout{30000}, idle_timeout{75000};
  std::uint32_t max_header = 16 << 10;
};

/// What the connections of one listener share; outlives them.
struct ConnectionShared {
  HttpLimits limits;
  BodyBudget& budget;
  ConnectionRegistry& registry;
  Log& log;
};

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
using UnixStream = boost::beast::basic_stream<boost::asio::local::stream_protocol>;

/// Runs on the stream's executor, on one thread; drain() may be called from any. `held` is released with it.
template <class Stream>
class HttpConnection : public Drainable, public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(Stream stream, std::unique_ptr<HttpService> service, ConnectionShared& shared,
                 std::shared_ptr<void> held);
  ~HttpConnection() override;

  void drain() override;

  /// Serves until the peer or a limit ends it; throws nothing. `early` are bytes that were read already.
  boost::asio::awaitable<void> run(std::string early);

 private:
  class Writer;
  struct Incoming;  // one request while it is read

  boost::asio::awaitable<bool> open(const std::string& early);
  boost::asio::awaitable<bool> wait_for_request();
  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<bool> refuse_header(boost::system::error_code error, Incoming& incoming);
  boost::asio::awaitable<bool> read_body(Incoming& incoming);
  boost::asio::awaitable<bool> respond(Incoming& incoming);
  boost::asio::awaitable<bool> write(Incoming& incoming, handlers::Reply reply);
  boost::asio::awaitable<handlers::Reply> call(const handlers::Request& request, Writer& writer);
  boost::asio::awaitable<void> watch_for_hang_up();
  boost::asio::awaitable<void> close(bool linger);

  auto& transport() { return boost::beast::get_lowest_layer(stream_); }

  Stream stream_;
  std::unique_ptr<HttpService> service_;
  ConnectionShared& shared_;
  std::shared_ptr<void> held_;
  boost::beast::flat_buffer buffer_;
  bool idle_ = false;
  bool draining_ = shared_.registry.draining();
  bool served_ = false;  // its first request has begun
};

extern template class HttpConnection<PlainStream>;
extern template class HttpConnection<TlsStream>;
extern template class HttpConnection<UnixStream>;

}  // namespace nopassd::daemon
