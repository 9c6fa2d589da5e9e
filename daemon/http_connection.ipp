#pragma once
// The body of HttpConnection, for the three files that instantiate it, one a kind of stream.
#include "daemon/http_connection.hpp"
#include "daemon/http_message.hpp"
#include "daemon/stream_writer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <sys/socket.h>

namespace nopassd::daemon {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace detail {
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
// What an idle connection holds ready for its next request; larger requests take more reads.
constexpr std::size_t first_read = 4096;
// Beast throws out of the event loop when a header field, or one of a trailer, is longer than this.
constexpr std::size_t most_read_at_once = 0xffff;
constexpr std::chrono::milliseconds linger_time{2000}, farewell_time{100}, first_request_time{2000};
constexpr std::size_t linger_bytes = 16 << 20;

template <class Stream>
constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;
}  // namespace detail

template <class Stream>
struct HttpConnection<Stream>::Incoming {
  explicit Incoming(BodyBudget& budget) : share(budget) {}
  http::request_parser<http::string_body> parser;
  BodyBudget::Share share;
  HttpHead head;
  HttpService::Admission admission;
  bool keep_alive = false;
};

template <class Stream>
class HttpConnection<Stream>::Writer : public StreamWriterOn<Stream> {
 public:
  using StreamWriterOn<Stream>::StreamWriterOn;
};

template <class Stream>
HttpConnection<Stream>::HttpConnection(Stream stream, std::unique_ptr<HttpService> service, ConnectionShared& shared,
                                       std::shared_ptr<void> held)
    : stream_(std::move(stream)),
      service_(std::move(service)),
      shared_(shared),
      held_(std::move(held)),
      buffer_(detail::most_read_at_once) {
  shared_.registry.enter(this);
}

template <class Stream>
HttpConnection<Stream>::~HttpConnection() {
  shared_.registry.leave(this);
}

template <class Stream>
void HttpConnection<Stream>::drain() {
  auto self = this->weak_from_this().lock();
  if (!self) return;
  // The last reference must not end here, under the registry's lock.
  auto begin = [self = std::move(self)]() {
    self->draining_ = true;
    if (self->idle_) self->transport().cancel();
  };
  asio::post(transport().get_executor(), std::move(begin));
}

template <class Stream>
asio::awaitable<void> HttpConnection<Stream>::run(std::string early) {
  const auto self = this->shared_from_this();
  try {
    if (!co_await open(early)) co_return;
    bool answered_last = false;
    while (co_await wait_for_request()) {
      answered_last = !co_await serve_one();
      if (answered_last) break;
    }
    co_await close(answered_last);
  } catch (const std::exception& fault) {
    shared_.log.write_limited(LogLevel::debug, "connection ended", {{"why", fault.what()}});
  }
}

template <class Stream>
asio::awaitable<bool> HttpConnection<Stream>::open(const std::string& early) {
  if constexpr (detail::is_tls<Stream>) {
    transport().expires_after(shared_.limits.header_timeout);
    auto [error, used] =
        co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::buffer(early), detail::quietly);
    if (error) {
      shared_.log.write_limited(LogLevel::debug, "TLS handshake failed", {{"why", error.message()}});
      co_return false;
    }
  } else {
    buffer_.commit(asio::buffer_copy(buffer_.prepare(early.size()), asio::buffer(early)));
  }
  co_return true;
}

template <class Stream>
asio::awaitable<bool> HttpConnection<Stream>::wait_for_request() {
  if (buffer_.size() > 0) co_return true;
  // Whoever has just connected is about to send a request: it comes soon, or not at all.
  for (bool told = false; !told && (!draining_ || !served_);) {
    told = draining_;
    idle_ = true;
    transport().expires_after(told ? detail::first_request_time : shared_.limits.idle_timeout);
    auto [error, count] = co_await stream_.async_read_some(buffer_.prepare(detail::first_read), detail::quietly);
    idle_ = false;
    buffer_.commit(count);
    if (!error || count > 0) co_return true;
    if (error != asio::error::operation_aborted || !draining_) co_return false;
  }
  // The daemon is stopping: what has arrived already is still answered.
  beast::error_code error;
  co_return transport().socket().available(error) > 0 && !error;
}

template <class Stream>
asio::awaitable<bool> HttpConnection<Stream>::serve_one() {
  served_ = true;
  const auto incoming = std::make_unique<Incoming>(shared_.budget);
  incoming->parser.header_limit(shared_.limits.max_header);
  incoming->parser.body_limit(boost::none);
  transport().expires_after(shared_.limits.header_timeout);
  auto [error, count] = co_await http::async_read_header(stream_, buffer_, incoming->parser, detail::quietly);
  if (error) co_return co_await refuse_header(error, *incoming);

  auto& head = incoming->head;
  head = view_of(incoming->parser.get());
  incoming->keep_alive = incoming->parser.get().keep_alive();
  incoming->admission = service_->admit(head);
  auto& admission = incoming->admission;
  if (const auto fault = fault_of(incoming->parser.get()); !fault.empty() && !admission.hang_up) {
    admission.refusal = service_->refuse(head.request, 400, fault);
    admission.hang_up = true;
  }
  if (!admission.hang_up && !co_await read_body(*incoming)) co_return false;
  if (admission.hang_up) incoming->keep_alive = false;
  co_return co_await respond(*incoming);
}

template <class Stream>
asio::awaitable<bool> HttpConnection<Stream>::refuse_header(boost::system::error_code error, Incoming& incoming) {
  const bool is_http_error = error.category() == make_error_code(http::error::bad_method).category();
  if (!is_http_error || error == http::error::end_of_stream || error == http::error::partial_message) co_return false;
  const bool too_large = error == http::error::header_limit || error == http::error::buffer_overflow;
  incoming.keep_alive = false;
  auto reply = service_->refuse(incoming.head.request, too_large ? 431 : 400,
                                too_large ? std::string("the header is too large") : "not HTTP: " + error.message());
  co_return co_await write(incoming, std::move(reply));
}

/// Reads or, when the request is refused already, skips the body. False: the connection is over.
template <class Stream>
asio::awaitable<bool> HttpConnection<Stream>::read_body(Incoming& incoming) {
  auto& [max_body, refusal, hang_up] = incoming.admission;
  auto& parser = incoming.parser;
  const auto& request = incoming.head.request;
  const auto announced = parser.content_length();
  if (announced && *announced > max_body) {
    if (!refusal) refusal = service_->refuse(request, 413, "the body is too large");
    hang_up = true;
    co_return true;
  }
  const std::string_view expect = parser.get()[http::field::expect];
  if (!expect.empty() && !parser.is_done()) {
    const bool known = beast::iequals(expect, "100-continue");
    if (!known && !refusal) refusal = service_->refuse(request, 417, "only 100-continue can be expected");
    hang_up = refusal.has_value();
    if (hang_up) co_return true;
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(stream_, asio::buffer(go_on), detail::quietly);
  }
  parser.body_limit(max_body);
  transport().expires_after(shared_.limits.body_timeout);
  while (!parser.is_done()) {
    auto [error, count] = co_await http::async_read_some(stream_, buffer_, parser, detail::quietly);
    if (error == http::error::body_limit) {
      if (!refusal) refusal = service_->refuse(request, 413, "the body is too large");
      hang_up = true;
      co_return true;
    }
    if (error.category() == make_error_code(http::error::bad_method).category() &&
        error != http::error::partial_message && error != http::error::end_of_stream) {
      refusal = service_->refuse(request, 400, "not HTTP: " + error.message());
      hang_up = true;
      co_return true;
    }
    if (error) co_return false;
    if (!refusal && !incoming.share.grow_to(parser.get().body().size())) {
      refusal = service_->refuse(request, 503, "too much is being read at this moment");
    }
    if (refusal) parser.get().body().clear();
  }
  co_return true;
}

template <class Stream>
asio::awaitable<bool> HttpConnection<Stream>::respond(Incoming& incoming) {
  auto& request = incoming.head.request;
  if (incoming.admission.refusal) co_return co_await write(incoming, std::move(*incoming.admission.refusal));
  request.body = incoming.parser.get().body();
  Writer writer(stream_, request.request_id, incoming.parser.get().version() >= 11, shared_.limits.body_timeout);
  handlers::Reply reply;
  if (service_->may_wait(request)) {
    using namespace asio::experimental::awaitable_operators;
    if (buffer_.size() == 0) buffer_.shrink_to_fit();  // many may wait at once, and for long
    auto outcome = co_await (call(request, writer) || watch_for_hang_up());
    if (outcome.index() == 1) co_return false;
    reply = std::get<0>(std::move(outcome));
  } else {
    reply = co_await call(request, writer);
  }
  if (!reply.streamed) co_return co_await write(incoming, std::move(reply));
  service_->answered(request, reply);
  co_await writer.finish();
  co_return false;
}

template <class Stream>
asio::awaitable<handlers::Reply> HttpConnection<Stream>::call(const handlers::Request& request, Writer& writer) {
  try {
    co_return co_await service_->handle(request, writer);
  } catch (const boost::system::system_error& fault) {
    if (fault.code() == asio::error::operation_aborted) throw;
    shared_.log.write_limited(LogLevel::error, "a handler failed",
                              {{"request", request.request_id}, {"why", fault.what()}});
  } catch (const std::exception& fault) {
    shared_.log.write_limited(LogLevel::error, "a handler failed",
                              {{"request", request.request_id}, {"why", fault.what()}});
  }
  co_return service_->refuse(request, 500, "the daemon failed; its log says more under this request's id");
}

template <class Stream>
asio::awaitable<bool> HttpConnection<Stream>::write(Incoming& incoming, handlers::Reply reply) {
  const auto& request = incoming.head.request;
  service_->answered(request, reply);
  const auto prepare = [&](auto& response) {
    response.version(incoming.parser.get().version() == 10 ? 10 : 11);
    response.keep_alive(incoming.keep_alive && !draining_);
  };
  transport().expires_after(shared_.limits.body_timeout);
  beast::error_code error;
  const bool bodiless = reply.status == 204 || reply.status == 304;
  if (bodiless || request.method == "HEAD") {
    auto response = response_of<http::empty_body>(reply, request.request_id);
    prepare(response);
    if (!bodiless) response.content_length(reply.body.size());
    std::tie(error, std::ignore) = co_await http::async_write(stream_, response, detail::quietly);
  } else {
    auto response = response_of<http::string_body>(reply, request.request_id);
    prepare(response);
    response.body() = std::move(reply.body);
    response.content_length(response.body().size());
    std::tie(error, std::ignore) = co_await http::async_write(stream_, response, detail::quietly);
  }
  co_return !error && incoming.keep_alive && !draining_;
}

/// Returns when the peer has closed its side; never when it has sent another request instead.
template <class Stream>
asio::awaitable<void> HttpConnection<Stream>::watch_for_hang_up() {
  auto& socket = transport().socket();
  co_await socket.async_wait(asio::socket_base::wait_read, asio::use_awaitable);
  char byte = 0;
  if (::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) co_return;
  asio::steady_timer forever(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  co_await forever.async_wait(asio::use_awaitable);
}

/// Closes. After an answer so that the peer can still read it: what it has sent meanwhile is read and thrown away.
template <class Stream>
asio::awaitable<void> HttpConnection<Stream>::close(bool linger) {
  transport().expires_after(linger ? detail::linger_time : detail::farewell_time);
  if constexpr (detail::is_tls<Stream>) co_await stream_.async_shutdown(detail::quietly);
  beast::error_code error;
  transport().socket().shutdown(asio::socket_base::shutdown_send, error);
  buffer_.clear();
  for (std::size_t thrown = 0, count = 0; linger && !error && thrown < detail::linger_bytes; thrown += count) {
    std::tie(error, count) =
        co_await transport().async_read_some(buffer_.prepare(detail::most_read_at_once), detail::quietly);
  }
  transport().close();
}

}  // namespace nopassd::daemon
