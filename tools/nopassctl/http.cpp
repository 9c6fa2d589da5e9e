#include "tools/nopassctl/http.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <exception>

namespace nopassd::ctl {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using LocalStream = beast::basic_stream<asio::local::stream_protocol>;

constexpr std::uint64_t largest_reply = std::uint64_t{256} << 20;

std::string wire_form(const HttpRequest& request, const std::string& token) {
  std::string wire = fmt::format("{} {} HTTP/1.1\r\nHost: nopassd\r\nConnection: close\r\nUser-Agent: nopassctl\r\n",
                                 request.method, request.target);
  if (!token.empty()) wire += fmt::format("Authorization: Bearer {}\r\n", token);
  if (!request.body.empty()) wire += "Content-Type: application/json\r\n";
  if (request.method != "GET") wire += fmt::format("Content-Length: {}\r\n", request.body.size());
  return wire + "\r\n" + request.body;
}

asio::awaitable<HttpReply> converse(const std::string& socket, const std::string& wire, bool& connecting) {
  LocalStream stream(co_await asio::this_coro::executor);
  stream.expires_after(reply_patience);
  const asio::local::stream_protocol::endpoint endpoint(socket);
  co_await stream.async_connect(endpoint, asio::use_awaitable);
  connecting = false;
  co_await asio::async_write(stream, asio::buffer(wire), asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(largest_reply);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  HttpReply reply;
  reply.status = parser.get().result_int();
  reply.content_type = std::string(parser.get()[http::field::content_type]);
  reply.date = std::string(parser.get()[http::field::date]);
  reply.body = std::move(parser.get().body());
  co_return reply;
}

}  // namespace

HttpReply exchange(const Server& server, const HttpRequest& request) {
  const std::string wire = wire_form(request, server.token);
  asio::io_context context;
  HttpReply reply;
  std::exception_ptr failure;
  bool connecting = true;
  asio::co_spawn(context, converse(server.socket, wire, connecting), [&](std::exception_ptr error, HttpReply done) {
    failure = error;
    reply = std::move(done);
  });
  try {
    context.run();
    if (failure) std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() == beast::error::timeout) {
      throw ConnectionFailure(std::make_error_code(std::errc::timed_out), connecting);
    }
    throw ConnectionFailure(error.code(), connecting);
  }
  return reply;
}

}  // namespace nopassd::ctl
