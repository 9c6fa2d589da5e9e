#pragma once
// The daemon's event loops: one io_context a thread, so that a connection lives on one thread and needs no strand.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace nopassd::daemon {

/// The number of loops when daemon.io_threads is 0; docs/performance.md says what was measured.
unsigned default_io_threads();

class IoPool {
 public:
  /// `on_fault` is told of an exception that came out of a loop, which then goes on; called on that loop's thread.
  IoPool(unsigned threads, std::function<void(std::string_view)> on_fault);
  ~IoPool();
  IoPool(const IoPool&) = delete;
  IoPool& operator=(const IoPool&) = delete;

  boost::asio::io_context& first() { return *contexts_.front(); }
  /// Each in turn. Thread-safe.
  boost::asio::io_context& next();

  /// Resumes when every loop has got around to what was waiting there.
  boost::asio::awaitable<void> turn_all();

  /// Runs the first loop on the calling thread and the others on their own, until stop().
  void run();
  /// Thread-safe.
  void stop();

 private:
  void turn(boost::asio::io_context& context);

  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  const std::function<void(std::string_view)> on_fault_;
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<Guard> guards_;
  std::atomic<std::size_t> turn_ = 0;
};

}  // namespace nopassd::daemon
