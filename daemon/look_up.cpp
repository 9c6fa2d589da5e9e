#include "daemon/look_up.hpp"

#include "daemon/address.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

namespace nopassd::daemon {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<boost::system::error_code> LookUp::run(std::string host, std::uint16_t port,
                                                       std::chrono::steady_clock::time_point deadline) {
  if (const auto address = parse_address(host)) {
    found_ = tcp::resolver::results_type::create({*address, port}, host, {});
    co_return boost::system::error_code{};
  }
  timer_.expires_at(deadline);
  auto take = [self = shared_from_this()](const boost::system::error_code& error, tcp::resolver::results_type found) {
    self->done_ = true;
    self->error_ = error;
    self->found_ = std::move(found);
    self->timer_.cancel();
  };
  resolver_.async_resolve(host, std::to_string(port), std::move(take));
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  // Those that have not begun do not stand in the way of others.
  if (!done_) resolver_.cancel();
  co_return done_ ? error_ : make_error_code(boost::beast::error::timeout);
}

}  // namespace nopassd::daemon
