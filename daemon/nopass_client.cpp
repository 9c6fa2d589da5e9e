#include "daemon/nopass_client.hpp"

#include "daemon/address.hpp"
#include "daemon/look_up.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>

#include <optional>
#include <sys/socket.h>

namespace nopassd::daemon {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using handlers::NopassReply;
using handlers::NopassRequest;
using Clock = std::chrono::steady_clock;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using End = NopassReply::End;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

http::request<http::string_body> message(const NopassServer& server, NopassRequest& request) {
  http::request<http::string_body> message{http::verb::post, request.path, 11};
  message.set(http::field::host, server.host_header);
  message.set(http::field::user_agent, "nopassd/" NOPASSD_VERSION);
  message.set(http::field::accept, "application/json");
  message.set(http::field::content_type, "application/json");
  message.set(http::field::authorization, "Bearer " + request.bearer);
  message.body() = std::move(request.body);
  message.prepare_payload();
  return message;
}

bool is_interim(const http::response<http::string_body>& reply) {
  return reply.result_int() / 100 == 1 && reply.result() != http::status::switching_protocols;
}

}  // namespace

/// A connection; exactly one of the two streams is there.
struct NopassClient::Line {
  explicit Line(std::shared_ptr<const NopassServer> its_server) : server(std::move(its_server)) {}
  beast::tcp_stream& lowest() { return plain ? *plain : beast::get_lowest_layer(*tls); }

  const std::shared_ptr<const NopassServer> server;
  std::optional<beast::tcp_stream> plain;
  std::optional<TlsStream> tls;
  beast::flat_buffer buffer{most_header + most_body / 2};
  bool used = false;  // for a call before this one
  Clock::time_point idle_since;

  /// Nothing has come that nobody asked for, the end of the connection above all.
  bool is_quiet() {
    char byte = 0;
    const auto handle = lowest().socket().native_handle();
    return ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
};

struct NopassClient::Call : RunningCall {
  Call(asio::any_io_executor its_executor, std::shared_ptr<const NopassServer> its_server, NopassRequest& its_request,
       std::chrono::milliseconds total)
      : RunningCall(std::move(its_executor)),
        server(std::move(its_server)),
        request(message(*server, its_request)),
        began(Clock::now()),
        deadline(began + total) {}

  const std::shared_ptr<const NopassServer> server;
  const http::request<http::string_body> request;
  const Clock::time_point began, deadline;
  NopassReply reply;

  /// Whether it went wrong; `what` says where.
  bool failed(std::string_view what, const boost::system::error_code& error) {
    if (cancelled) {
      reply.end = End::stopping;
      reply.detail = "the daemon is stopping";
      return true;
    }
    if (!error) return false;
    const bool silent = error == beast::error::timeout || Clock::now() >= deadline;
    reply.end = silent ? End::silent : End::unreachable;
    reply.detail = fmt::format("{}: {}", what, silent ? "no answer in time" : error.message());
    return true;
  }
  std::string place() const { return fmt::format("{} (nopass.server)", server->host_header); }
};

NopassClient::NopassClient(std::function<std::shared_ptr<const NopassServer>()> server, const OwnSockets& own,
                           Limits limits)
    : server_(std::move(server)), own_(own), limits_(limits) {}

NopassClient::~NopassClient() = default;

void NopassClient::stop() {
  calls_.stop();
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  while (!kept_.empty()) {
    retire(std::move(kept_.front()));
    kept_.pop_front();
  }
}

std::unique_ptr<NopassClient::Line> NopassClient::take_kept(const Call& call) {
  const std::lock_guard lock(mutex_);
  const auto oldest = Clock::now() - limits_.idle;
  while (!kept_.empty() && kept_.front()->idle_since < oldest) {
    retire(std::move(kept_.front()));
    kept_.pop_front();
  }
  for (auto line = kept_.rbegin(); line != kept_.rend(); ++line) {
    if ((*line)->server != call.server || (*line)->lowest().get_executor() != call.executor) continue;
    auto taken = std::move(*line);
    kept_.erase(std::next(line).base());
    return taken->is_quiet() ? std::move(taken) : nullptr;
  }
  return nullptr;
}

void NopassClient::keep(std::unique_ptr<Line> line) {
  line->used = true;
  line->idle_since = Clock::now();
  line->lowest().expires_never();
  const std::lock_guard lock(mutex_);
  if (stopping_ || line->buffer.size() > 0) return;
  kept_.push_back(std::move(line));
  if (kept_.size() <= most_idle) return;
  retire(std::move(kept_.front()));
  kept_.pop_front();
}

/// On its own thread: its timer may be about to fire there.
void NopassClient::retire(std::unique_ptr<Line> line) {
  const auto executor = line->lowest().get_executor();
  auto end = [line = std::move(line)]() mutable { line.reset(); };
  asio::post(executor, std::move(end));
}

asio::awaitable<NopassReply> NopassClient::post(NopassRequest request) {
  const auto executor = co_await asio::this_coro::executor;
  const auto call = std::make_shared<Call>(executor, server_(), request, limits_.total);
  const RunningCalls::Place place(calls_, call);
  try {
    if (!call->failed("", {})) co_await carry_out(*call);
  } catch (const std::exception& fault) {
    call->reply.end = End::unreachable;
    call->reply.detail = fault.what();
  }
  call->reply.took = std::chrono::duration_cast<storage::Milliseconds>(Clock::now() - call->began);
  co_return std::move(call->reply);
}

asio::awaitable<std::unique_ptr<NopassClient::Line>> NopassClient::connect(Call& call) {
  const NopassServer& server = *call.server;
  const auto deadline = std::min(call.deadline, Clock::now() + limits_.connect);
  const auto look_up = std::make_shared<LookUp>(call.executor);
  call.cancel = [look_up]() { look_up->cancel(); };
  const auto unknown = co_await look_up->run(server.host, server.port, deadline);
  if (call.failed(fmt::format("the name of {} was not found", call.place()), unknown)) co_return nullptr;

  auto line = std::make_unique<Line>(call.server);
  if (server.tls) {
    line->tls.emplace(call.executor, *server.tls);
  } else {
    line->plain.emplace(call.executor);
  }
  beast::tcp_stream& stream = line->lowest();
  stream.expires_at(deadline);
  call.cancel = [&stream]() { stream.cancel(); };
  const auto [refused, remote] = co_await stream.async_connect(look_up->found(), quietly);
  if (call.failed(fmt::format("no connection to {}", call.place()), refused)) co_return nullptr;
  boost::system::error_code gone;
  const auto local = stream.socket().local_endpoint(gone);
  const auto there = stream.socket().remote_endpoint(gone);
  if (gone || own_.has(there, local.address())) {
    call.reply.detail = fmt::format("{} {}", call.place(), gone ? "broke the connection" : "is the daemon itself");
    co_return nullptr;
  }
  if (!line->tls) co_return line;

  line->tls->set_verify_callback(asio::ssl::host_name_verification(server.host));
  // What SSL_set_tlsext_host_name does, without its cast. Addresses are not for it.
  if (!parse_address(server.host)) {
    std::string name = server.host;
    SSL_ctrl(line->tls->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  const auto [untrusted] = co_await line->tls->async_handshake(asio::ssl::stream_base::client, quietly);
  if (call.failed(fmt::format("no TLS with {}, see nopass.ca_file", call.place()), untrusted)) co_return nullptr;
  co_return line;
}

namespace {

enum class Outcome { answered, failed, unsent };

/// Sends the request and reads the reply. `unsent`: the connection had broken before the first byte.
template <class Stream, class Line, class Call>
asio::awaitable<Outcome> exchange(Stream& stream, Line& line, Call& call, bool& keep) {
  const auto [unsent, written] = co_await http::async_write(stream, call.request, quietly);
  if (unsent && unsent != beast::error::timeout && written == 0 && !call.cancelled) co_return Outcome::unsent;
  if (call.failed(fmt::format("{} did not take the request", call.place()), unsent)) co_return Outcome::failed;
  constexpr int most_interim = 10;
  for (int replies = 0; replies <= most_interim; ++replies) {
    http::response_parser<http::string_body> parser;
    parser.header_limit(NopassClient::most_header);
    parser.body_limit(NopassClient::most_body);
    auto [error, count] = co_await http::async_read(stream, line.buffer, parser, quietly);
    if (call.failed(fmt::format("{} did not answer", call.place()), error)) co_return Outcome::failed;
    if (is_interim(parser.get())) continue;
    call.reply.end = End::answered;
    call.reply.status = parser.get().result_int();
    call.reply.body = std::move(parser.get().body());
    keep = parser.get().keep_alive();
    co_return Outcome::answered;
  }
  call.failed(fmt::format("{} did not answer", call.place()), make_error_code(http::error::bad_status));
  co_return Outcome::failed;
}

}  // namespace

asio::awaitable<void> NopassClient::carry_out(Call& call) {
  auto line = take_kept(call);
  while (true) {
    if (!line) line = co_await connect(call);
    if (!line) co_return;
    beast::tcp_stream& lowest = line->lowest();
    lowest.expires_at(call.deadline);
    call.cancel = [&lowest]() { lowest.cancel(); };
    bool reusable = false;
    Outcome outcome = Outcome::failed;
    if (line->tls) {
      outcome = co_await exchange(*line->tls, *line, call, reusable);
    } else {
      outcome = co_await exchange(*line->plain, *line, call, reusable);
    }
    call.cancel = nullptr;
    if (outcome == Outcome::unsent && line->used) {
      // Kept, and broken meanwhile: once more, on a new one.
      line.reset();
      continue;
    }
    if (outcome == Outcome::unsent) {
      call.failed(fmt::format("{} broke the connection", call.place()), make_error_code(http::error::end_of_stream));
    }
    if (reusable) keep(std::move(line));
    co_return;
  }
}

}  // namespace nopassd::daemon
