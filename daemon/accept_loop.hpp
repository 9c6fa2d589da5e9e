#pragma once
// Accepts until the acceptor is closed, on each of the pool's contexts in turn.
#include "daemon/http_connection.hpp"
#include "daemon/io_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nopassd::daemon {

/// `welcome(socket, context)` takes a connection over; the socket belongs to that context. A connection beyond the
/// limit is closed at once. Out of descriptors, it waits a little and goes on.
template <class Acceptor, class Welcome>
boost::asio::awaitable<void> accept_loop(Acceptor& acceptor, IoPool& pool, ConnectionShared& shared, Welcome welcome) {
  namespace asio = boost::asio;
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  constexpr auto pause = std::chrono::milliseconds(100);
  while (acceptor.is_open()) {
    auto& context = pool.next();
    auto [error, socket] = co_await acceptor.async_accept(context, quietly);
    if (!error) {
      if (shared.registry.has_room()) {
        welcome(std::move(socket), context);
      } else {
        shared.registry.turn_away();
        shared.log.write_limited(LogLevel::warning, "too many connections: one was turned away");
      }
      continue;
    }
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error == asio::error::connection_aborted) continue;
    shared.log.write_limited(LogLevel::error, "cannot accept a connection", {{"why", error.message()}});
    asio::steady_timer timer(co_await asio::this_coro::executor, pause);
    co_await timer.async_wait(quietly);
  }
}

}  // namespace nopassd::daemon
