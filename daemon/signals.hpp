#pragma once
// SIGTERM, SIGINT and SIGHUP as things to read: no handler runs anywhere, and which thread the kernel picks does not
// matter.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace nopassd::daemon {

/// Blocks the three signals for the calling thread and those that it starts from now on. Called once, before any other
/// thread is there. Throws std::system_error.
void hold_signals();

/// Expects hold_signals() to have been called. Used by one coroutine.
class Signals {
 public:
  explicit Signals(boost::asio::io_context& context);

  /// The number of the next signal; 0 when it was cancelled or cannot be read.
  boost::asio::awaitable<int> next();

 private:
  boost::asio::posix::stream_descriptor descriptor_;
};

}  // namespace nopassd::daemon
