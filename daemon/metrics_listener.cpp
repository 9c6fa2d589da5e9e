#include "daemon/metrics_listener.hpp"

#include "daemon/accept_loop.hpp"
#include "daemon/tcp_acceptor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace nopassd::daemon {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Holds the connection from the start: the coroutine may begin on another thread when welcome() is over.
asio::awaitable<void> serve(std::shared_ptr<HttpConnection<PlainStream>> connection) { co_await connection->run({}); }

}  // namespace

MetricsListener::MetricsListener(IoPool& pool, const tcp::endpoint& endpoint, MetricsShared& shared)
    : pool_(pool), shared_(shared), acceptor_(listen_on_tcp(pool.first(), endpoint, "metrics.address")) {}

void MetricsListener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

asio::awaitable<void> MetricsListener::accept() {
  auto welcome_one = [this](tcp::socket socket, asio::io_context& context) { welcome(std::move(socket), context); };
  co_await accept_loop(acceptor_, pool_, shared_.connections, std::move(welcome_one));
}

void MetricsListener::welcome(tcp::socket socket, asio::io_context& context) {
  auto service = std::make_unique<MetricsService>(shared_.context);
  auto connection = std::make_shared<HttpConnection<PlainStream>>(PlainStream(std::move(socket)), std::move(service),
                                                                  shared_.connections, nullptr);
  asio::co_spawn(context, serve(std::move(connection)), asio::detached);
}

}  // namespace nopassd::daemon
