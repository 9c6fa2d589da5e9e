#include "daemon/nopass_probe.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include <memory>
#include <optional>

namespace nopassd::daemon {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

/// Lives as long as one of the two that share it: a name server that does not answer may outlast the patience.
struct Attempt {
  Attempt(const asio::any_io_executor& executor, std::chrono::milliseconds patience)
      : resolver(executor), socket(executor), timer(executor, patience) {}

  tcp::resolver resolver;
  tcp::socket socket;
  asio::steady_timer timer;
  std::optional<std::string> trouble;  // nothing while it is not known
  bool given_up = false;
};

asio::awaitable<void> connect(std::shared_ptr<Attempt> attempt, std::string host, std::string port) {
  auto [unknown, endpoints] = co_await attempt->resolver.async_resolve(host, port, quietly);
  if (attempt->given_up) co_return;
  if (unknown) {
    attempt->trouble = fmt::format("the name {} is not known: {}", host, unknown.message());
  } else {
    auto [refused, endpoint] = co_await asio::async_connect(attempt->socket, endpoints, quietly);
    attempt->trouble = refused ? fmt::format("no connection to port {}: {}", port, refused.message()) : "";
  }
  attempt->timer.cancel();
}

}  // namespace

asio::awaitable<std::string> probe(std::string url, std::chrono::milliseconds patience) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) co_return "is no URL";
  const std::string_view usual_port = parsed->scheme() == "http" ? "80" : "443";
  const std::string port(parsed->port().empty() ? usual_port : std::string_view(parsed->port()));
  const auto executor = co_await asio::this_coro::executor;
  const auto attempt = std::make_shared<Attempt>(executor, patience);
  asio::co_spawn(executor, connect(attempt, parsed->host_address(), port), asio::detached);
  co_await attempt->timer.async_wait(quietly);
  attempt->given_up = true;
  attempt->resolver.cancel();
  boost::system::error_code ignored;
  attempt->socket.close(ignored);
  co_return attempt->trouble.value_or(fmt::format("no answer within {} s", patience.count() / 1000));
}

}  // namespace nopassd::daemon
