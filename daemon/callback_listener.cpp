#include "daemon/callback_listener.hpp"

#include "daemon/accept_loop.hpp"
#include "daemon/proxy_protocol.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nopassd::daemon {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
}

CallbackListener::CallbackListener(IoPool& pool, tcp::acceptor acceptor, CallbackShared& callbacks,
                                   ConnectionShared& connections, handlers::Places& strangers)
    : pool_(pool),
      callbacks_(callbacks),
      connections_(connections),
      strangers_(strangers),
      acceptor_(std::move(acceptor)) {}

void CallbackListener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

asio::awaitable<void> CallbackListener::accept() {
  auto welcome_one = [this](tcp::socket socket, asio::io_context& context) { welcome(std::move(socket), context); };
  co_await accept_loop(acceptor_, pool_, connections_, std::move(welcome_one));
}

void CallbackListener::welcome(tcp::socket socket, asio::io_context& context) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;
  socket.set_option(tcp::no_delay(true), error);
  const auto peer = plain_address(remote.address());
  std::shared_ptr<void> place;
  if (callbacks_.in_force.get()->gate->is_stranger(peer)) {
    place = strangers_.take(counting_key(peer));
    if (!place) {
      callbacks_.services.metrics.strangers_refused.add();
      return;
    }
  }
  asio::co_spawn(context, greet(PlainStream(std::move(socket)), peer, std::move(place)), asio::detached);
}

asio::awaitable<void> CallbackListener::greet(PlainStream stream, address peer, std::shared_ptr<void> place) {
  // Its TLS context is used as long as the connection lasts.
  const auto in_force = callbacks_.in_force.get();
  std::string early;
  bool proxied = false;
  if (in_force->config.callers.proxy_protocol && in_force->gate->is_trusted_proxy(peer)) {
    bool valid = false;
    const auto source = co_await read_proxy_header(stream, early, valid);
    if (!valid) {
      connections_.log.write_limited(LogLevel::info, "a trusted proxy sent no PROXY header",
                                     {{"peer", peer.to_string()}});
      co_return;
    }
    proxied = true;
    if (source) peer = *source;
  }
  auto service = std::make_unique<CallbackService>(callbacks_, peer, proxied);
  if (in_force->tls) {
    TlsStream secure(std::move(stream), in_force->tls->context);
    const auto connection = std::make_shared<HttpConnection<TlsStream>>(std::move(secure), std::move(service),
                                                                        connections_, std::move(place));
    co_await connection->run(std::move(early));
  } else {
    const auto connection = std::make_shared<HttpConnection<PlainStream>>(std::move(stream), std::move(service),
                                                                          connections_, std::move(place));
    co_await connection->run(std::move(early));
  }
}

asio::awaitable<std::optional<address>> CallbackListener::read_proxy_header(PlainStream& stream, std::string& early,
                                                                            bool& valid) {
  const Arriving arriving(connections_.registry);
  stream.expires_after(connections_.limits.header_timeout);
  while (true) {
    const auto header = parse_proxy_header(early);
    if (header.state == ProxyHeader::State::complete) {
      early.erase(0, header.length);
      valid = true;
      co_return header.source;
    }
    if (header.state == ProxyHeader::State::invalid || early.size() > max_proxy_header) co_return std::nullopt;
    std::array<char, 1024> more{};
    auto [error, count] = co_await stream.async_read_some(asio::buffer(more), quietly);
    if (error) co_return std::nullopt;
    early.append(more.data(), count);
  }
}

}  // namespace nopassd::daemon
