#include "daemon/unix_listener.hpp"

#include "daemon/accept_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <unistd.h>

namespace nopassd::daemon {

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace {

// Holds the connection from the start: the coroutine may begin on another thread when welcome() is over.
asio::awaitable<void> serve(std::shared_ptr<HttpConnection<UnixStream>> connection) { co_await connection->run({}); }

}  // namespace

UnixListener::UnixListener(IoPool& pool, ListeningSocket socket, ConnectionShared& connections,
                           MakeService make_service)
    : pool_(pool), connections_(connections), make_service_(std::move(make_service)), socket_(std::move(socket)) {}

void UnixListener::close() {
  if (!socket_.passed) unlink(socket_.path.c_str());
  boost::system::error_code ignored;
  socket_.acceptor.close(ignored);
}

asio::awaitable<void> UnixListener::accept() {
  auto welcome_one = [this](stream_protocol::socket socket, asio::io_context& context) {
    welcome(std::move(socket), context);
  };
  co_await accept_loop(socket_.acceptor, pool_, connections_, std::move(welcome_one));
}

void UnixListener::welcome(stream_protocol::socket socket, asio::io_context& context) {
  try {
    auto service = make_service_(socket.native_handle());
    auto connection = std::make_shared<HttpConnection<UnixStream>>(UnixStream(std::move(socket)), std::move(service),
                                                                   connections_, nullptr);
    asio::co_spawn(context, serve(std::move(connection)), asio::detached);
  } catch (const std::exception& fault) {
    connections_.log.write_limited(LogLevel::warning, "a peer was turned away",
                                   {{"socket", socket_.path}, {"why", fault.what()}});
  }
}

}  // namespace nopassd::daemon
