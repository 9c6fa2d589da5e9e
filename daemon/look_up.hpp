#pragma once
// Finding a host's addresses for a call that may be ended at any time.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace nopassd::daemon {

/// One look-up. It outlives whoever waits for it: the system's resolver cannot be interrupted. On one thread.
class LookUp : public std::enable_shared_from_this<LookUp> {
 public:
  explicit LookUp(const boost::asio::any_io_executor& executor) : resolver_(executor), timer_(executor) {}

  /// An address in text is found at once. The error is boost::beast::error::timeout after `deadline`.
  boost::asio::awaitable<boost::system::error_code> run(std::string host, std::uint16_t port,
                                                        std::chrono::steady_clock::time_point deadline);
  /// Whoever waits gets on at once, with an error.
  void cancel() { timer_.cancel(); }
  const boost::asio::ip::tcp::resolver::results_type& found() const { return found_; }

 private:
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer timer_;
  bool done_ = false;
  boost::system::error_code error_;
  boost::asio::ip::tcp::resolver::results_type found_;
};

}  // namespace nopassd::daemon
