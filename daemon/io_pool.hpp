#pragma once
// The daemon's event loops: one io_context a thread, so that a connection lives on one thread and needs no strand.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace nopassd::daemon {

/// The number of loops when daemon.io_threads is 0; docs/performance.md says what was measured.
unsigned default_io_threads();

class IoPool {
 public:
  explicit IoPool(unsigned threads);
  ~IoPool();
  IoPool(const IoPool&) = delete;
  IoPool& operator=(const IoPool&) = delete;

  boost::asio::io_context& first() { return *contexts_.front(); }
  /// Each in turn. Thread-safe.
  boost::asio::io_context& next();

  /// Runs the first loop on the calling thread and the others on their own, until stop().
  void run();
  /// Thread-safe.
  void stop();

 private:
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<Guard> guards_;
  std::atomic<std::size_t> turn_ = 0;
};

}  // namespace nopassd::daemon
