#include "daemon/hook_client.hpp"

#include "daemon/address.hpp"
#include "daemon/look_up.hpp"
#include "daemon/tls.hpp"
#include "handlers/site/hook_url.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>

namespace nopassd::daemon {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using handlers::HookReply;
using handlers::HookRequest;
using handlers::site::HookUrl;
using Clock = std::chrono::steady_clock;
using UnixStream = beast::basic_stream<asio::local::stream_protocol>;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view own_socket = "leads to one of the daemon's own sockets";

std::string host_header(const HookUrl& url) {
  if (url.scheme == HookUrl::Scheme::unix_socket) return "localhost";
  const auto host = url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
  const int usual = url.scheme == HookUrl::Scheme::https ? 443 : 80;
  return url.port == usual ? host : fmt::format("{}:{}", host, url.port);
}

http::request<http::string_body> message(const HookUrl& url, HookRequest& request) {
  http::request<http::string_body> message{http::verb::post, url.target, 11};
  message.set(http::field::host, host_header(url));
  message.set(http::field::user_agent, "nopassd/" NOPASSD_VERSION);
  message.set(http::field::connection, "close");
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = std::move(request.body);
  message.prepare_payload();
  return message;
}

bool is_interim(const http::response<http::string_body>& reply) {
  return reply.result_int() / 100 == 1 && reply.result() != http::status::switching_protocols;
}

}  // namespace

struct HookClient::Call : RunningCall {
  Call(asio::any_io_executor its_executor, HookRequest its_request)
      : RunningCall(std::move(its_executor)),
        request(std::move(its_request)),
        began(Clock::now()),
        deadline(began + request.timeout) {}

  HookRequest request;
  const Clock::time_point began, deadline;
  HookUrl url;
  HookReply reply;

  bool failed(std::string_view what, const boost::system::error_code& error) {
    if (!error && !cancelled) return false;
    reply = {};
    if (cancelled) return true;
    if (error == beast::error::timeout || Clock::now() >= deadline) {
      reply.detail = fmt::format("no answer within {:g} s", std::chrono::duration<double>(request.timeout).count());
    } else {
      reply.detail = fmt::format("{}: {}", what, error.message());
    }
    return true;
  }
  void refuse(std::string_view why) { reply.detail = why; }
};

HookClient::HookClient(const OwnSockets& own) : own_(own), tls_(asio::ssl::context::tls_client) {
  SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
  trust_system(tls_);
  tls_.set_verify_mode(asio::ssl::verify_peer);
}

HookClient::~HookClient() = default;

std::string HookClient::objection(const std::string& text) const {
  const auto url = handlers::site::parse_hook_url(text);
  if (!url) return "is no URL of a hook";
  bool own = false;
  if (url->scheme == HookUrl::Scheme::unix_socket) {
    own = own_.has(url->socket);
  } else if (url->host == "localhost") {
    own = own_.has({asio::ip::address_v4::loopback(), url->port}, {}) ||
          own_.has({asio::ip::address_v6::loopback(), url->port}, {});
  } else if (const auto host = parse_address(url->host)) {
    own = own_.has({*host, url->port}, {});
  }
  return std::string(own ? own_socket : "");
}

asio::awaitable<HookReply> HookClient::post(HookRequest request) {
  const auto executor = co_await asio::this_coro::executor;
  const auto call = std::make_shared<Call>(executor, std::move(request));
  const RunningCalls::Place place(calls_, call);
  try {
    if (!call->cancelled) co_await carry_out(*call);
  } catch (const std::exception& fault) {
    call->reply = {};
    call->refuse(fault.what());
  }
  call->reply.took = std::chrono::duration_cast<storage::Milliseconds>(Clock::now() - call->began);
  co_return std::move(call->reply);
}

asio::awaitable<void> HookClient::carry_out(Call& call) {
  auto url = handlers::site::parse_hook_url(call.request.url);
  if (!url) {
    call.refuse("the URL is none of a hook");
    co_return;
  }
  call.url = std::move(*url);
  if (call.url.scheme == HookUrl::Scheme::unix_socket) {
    co_await over_unix(call);
  } else {
    co_await over_tcp(call);
  }
}

namespace {

/// Sends the request and reads the reply.
template <class Stream, class Call>
asio::awaitable<void> exchange(Stream& stream, Call& call) {
  const auto request = message(call.url, call.request);
  const auto [unsent, written] = co_await http::async_write(stream, request, quietly);
  // Who answers before he has read everything may have closed already; what he said is in the kernel.
  if (unsent == beast::error::timeout || call.cancelled) {
    call.failed("cannot send", unsent);
    co_return;
  }
  beast::flat_buffer buffer(HookClient::most_header + HookClient::most_body / 2);
  constexpr int most_interim = 10;
  constexpr unsigned least_status = 100;
  for (int replies = 0;; ++replies) {
    // What is there already is read without a look at the clock.
    const bool late = call.cancelled || Clock::now() >= call.deadline;
    if (late || replies > most_interim) {
      const auto why = late ? make_error_code(beast::error::timeout) : make_error_code(http::error::bad_status);
      call.failed("too many interim replies", why);
      co_return;
    }
    http::response_parser<http::string_body> parser;
    parser.header_limit(HookClient::most_header);
    parser.body_limit(HookClient::most_body);
    auto [error, count] = co_await http::async_read(stream, buffer, parser, quietly);
    // Too large, or without the end that TLS wants: what came counts.
    const bool truncated = error == asio::ssl::error::stream_truncated && parser.is_header_done();
    if (error == http::error::body_limit || truncated) error = {};
    const unsigned status = parser.get().result_int();
    if (!error && status < least_status) error = http::error::bad_status;
    if (call.failed("cannot read the reply", error)) co_return;
    if (is_interim(parser.get())) continue;
    call.reply.status = status;
    call.reply.body = std::move(parser.get().body());
    co_return;
  }
}

}  // namespace

asio::awaitable<void> HookClient::over_unix(Call& call) {
  if (own_.has(call.url.socket)) {
    call.refuse(own_socket);
    co_return;
  }
  UnixStream stream(call.executor);
  stream.expires_at(call.deadline);
  call.cancel = [&stream]() { stream.cancel(); };
  const asio::local::stream_protocol::endpoint endpoint(call.url.socket);
  const auto [error] = co_await stream.async_connect(endpoint, quietly);
  if (!call.failed("cannot connect", error)) co_await exchange(stream, call);
  call.cancel = nullptr;
}

template <class Stream>
asio::awaitable<bool> HookClient::connect(Stream& stream, Call& call) {
  const auto look_up = std::make_shared<LookUp>(call.executor);
  call.cancel = [look_up]() { look_up->cancel(); };
  const auto unknown_host = co_await look_up->run(call.url.host, call.url.port, call.deadline);
  if (call.failed("cannot find the host", unknown_host)) co_return false;
  stream.expires_at(call.deadline);
  call.cancel = [&stream]() { stream.cancel(); };
  const auto [error, remote] = co_await stream.async_connect(look_up->found(), quietly);
  if (call.failed("cannot connect", error)) co_return false;
  boost::system::error_code unknown;
  const auto local = stream.socket().local_endpoint(unknown);
  const auto there = stream.socket().remote_endpoint(unknown);
  const bool own = unknown || own_.has(there, local.address());
  if (own) call.refuse(unknown ? "the connection broke" : own_socket);
  co_return !own;
}

asio::awaitable<void> HookClient::over_tcp(Call& call) {
  if (call.url.scheme == HookUrl::Scheme::http) {
    beast::tcp_stream stream(call.executor);
    if (co_await connect(stream, call)) co_await exchange(stream, call);
    call.cancel = nullptr;
    co_return;
  }
  beast::ssl_stream<beast::tcp_stream> stream(call.executor, tls_);
  stream.set_verify_callback(asio::ssl::host_name_verification(call.url.host));
  // What SSL_set_tlsext_host_name does, without its cast. Addresses are not for it.
  if (!parse_address(call.url.host)) {
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, call.url.host.data());
  }
  if (co_await connect(beast::get_lowest_layer(stream), call)) {
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, quietly);
    if (!call.failed("TLS", error)) co_await exchange(stream, call);
  }
  call.cancel = nullptr;
}

}  // namespace nopassd::daemon
