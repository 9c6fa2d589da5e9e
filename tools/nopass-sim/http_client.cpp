#include "tools/nopass-sim/http_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <chrono>
#include <exception>

namespace nopassd::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using LocalStream = beast::basic_stream<asio::local::stream_protocol>;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

// Longer than the daemon's own longest wait, a long poll of 60 s.
constexpr std::chrono::seconds patience{90};

std::string wire_form(const Target& target, const HttpCall& call) {
  const bool local = target.kind == Target::Kind::unix_socket;
  const bool ip6 = target.host.find(':') != std::string::npos;
  std::string wire = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\n", call.method, local ? "" : target.path, call.target,
                                 local ? "localhost"
                                 : ip6 ? fmt::format("[{}]:{}", target.host, target.port)
                                       : fmt::format("{}:{}", target.host, target.port));
  if (call.content_type) wire += fmt::format("Content-Type: {}\r\n", *call.content_type);
  if (call.method != "GET" || !call.body.empty()) wire += fmt::format("Content-Length: {}\r\n", call.body.size());
  wire += "User-Agent: nopass-sim\r\n\r\n";
  return wire + call.body;
}

template <class Stream>
asio::awaitable<HttpReply> converse(Stream& stream, const std::string& wire, std::optional<Loss> loss) {
  const std::size_t length = loss == Loss::in_request ? wire.size() / 2 : wire.size();
  co_await asio::async_write(stream, asio::buffer(wire.data(), length), asio::use_awaitable);
  if (loss == Loss::before_reply) {
    char first = 0;
    co_await stream.async_read_some(asio::buffer(&first, 1), asio::use_awaitable);
  }
  if (loss) co_return HttpReply{};
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(std::uint64_t{64} << 20);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  HttpReply reply;
  reply.status = parser.get().result_int();
  for (const auto& field : parser.get()) {
    reply.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  reply.body = std::move(parser.get().body());
  co_return reply;
}

asio::awaitable<void> connect(beast::tcp_stream& stream, const Target& target) {
  asio::ip::tcp::resolver resolver(stream.get_executor());
  const auto addresses = co_await resolver.async_resolve(target.host, target.port, asio::use_awaitable);
  stream.expires_after(patience);
  co_await stream.async_connect(addresses, asio::use_awaitable);
}

asio::awaitable<HttpReply> over_tcp(const Target& target, const std::string& wire, std::optional<Loss> loss) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  co_await connect(stream, target);
  co_return co_await converse(stream, wire, loss);
}

asio::awaitable<HttpReply> over_tls(const Target& target, const std::string& wire, std::optional<Loss> loss) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_default_verify_paths();
  if (!target.ca_file.empty()) context.load_verify_file(target.ca_file);
  context.set_verify_mode(asio::ssl::verify_peer);
  context.set_verify_callback(asio::ssl::host_name_verification(target.host));
  TlsStream stream(co_await asio::this_coro::executor, context);
  boost::system::error_code not_an_address;
  asio::ip::make_address(target.host, not_an_address);
  if (not_an_address) {  // what SSL_set_tlsext_host_name does, without its C cast
    std::string name = target.host;
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  co_await connect(stream.next_layer(), target);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_return co_await converse(stream, wire, loss);
}

asio::awaitable<HttpReply> over_unix(const Target& target, const std::string& wire, std::optional<Loss> loss) {
  LocalStream stream(co_await asio::this_coro::executor);
  stream.expires_after(patience);
  const asio::local::stream_protocol::endpoint endpoint(target.path);
  co_await stream.async_connect(endpoint, asio::use_awaitable);
  co_return co_await converse(stream, wire, loss);
}

asio::awaitable<HttpReply> over(const Target& target, const std::string& wire, std::optional<Loss> loss) {
  switch (target.kind) {
    case Target::Kind::http:
      co_return co_await over_tcp(target, wire, loss);
    case Target::Kind::https:
      co_return co_await over_tls(target, wire, loss);
    case Target::Kind::unix_socket:
      break;
  }
  co_return co_await over_unix(target, wire, loss);
}

std::string name_of(const Target& target) {
  if (target.kind == Target::Kind::unix_socket) return target.path;
  return fmt::format("{}://{}:{}", target.kind == Target::Kind::https ? "https" : "http", target.host, target.port);
}

HttpReply run(const Target& target, const HttpCall& call, std::optional<Loss> loss) {
  const std::string wire = wire_form(target, call);
  asio::io_context context;
  HttpReply reply;
  std::exception_ptr failure;
  asio::co_spawn(context, over(target, wire, loss), [&](std::exception_ptr error, HttpReply done) {
    failure = error;
    reply = std::move(done);
  });
  try {
    context.run();
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    throw ConnectionFailure(fmt::format("{} {} at {}: {}", call.method, call.target, name_of(target), error.what()));
  }
  return reply;
}

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (beast::iequals(key, name)) return value;
  }
  return {};
}

Target parse_portal_url(std::string_view url, const std::string& ca_file) {
  const auto parsed = boost::urls::parse_uri(boost::core::string_view(url.data(), url.size()));
  if (!parsed || parsed->host().empty() || (parsed->scheme() != "http" && parsed->scheme() != "https")) {
    throw std::invalid_argument(fmt::format("'{}' is no http:// or https:// URL", url));
  }
  if (parsed->has_query() || parsed->has_fragment() || parsed->has_userinfo()) {
    throw std::invalid_argument(fmt::format("'{}' may have a path, but no user, query or fragment", url));
  }
  Target target;
  target.kind = parsed->scheme() == "https" ? Target::Kind::https : Target::Kind::http;
  target.host = parsed->host_address();
  target.port = std::string(parsed->port());
  if (target.port.empty()) target.port = target.kind == Target::Kind::https ? "443" : "80";
  target.path = std::string(parsed->encoded_path());
  while (!target.path.empty() && target.path.back() == '/') target.path.pop_back();
  target.ca_file = ca_file;
  return target;
}

Target unix_socket(const std::string& path) {
  Target target;
  target.kind = Target::Kind::unix_socket;
  target.path = path;
  return target;
}

HttpReply exchange(const Target& target, const HttpCall& call) { return run(target, call, std::nullopt); }

void exchange_and_lose(const Target& target, const HttpCall& call, Loss loss) { run(target, call, loss); }

}  // namespace nopassd::sim
