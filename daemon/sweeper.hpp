#pragma once
// Runs storage::sweep_step in the background, a small transaction at a time.
#include "daemon/in_force.hpp"
#include "daemon/log.hpp"
#include "storage/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace nopassd::daemon {

/// On one thread. Pauses while the clocks disagree (clock_watch.hpp).
class Sweeper {
 public:
  static constexpr std::chrono::seconds interval{1};

  Sweeper(boost::asio::io_context& context, storage::Store& store, const ConfigHolder& in_force, Log& log)
      : timer_(context), store_(store), in_force_(in_force), log_(log) {}

  boost::asio::awaitable<void> run();
  /// Ends run() after the step that is under way.
  void stop();

 private:
  boost::asio::steady_timer timer_;
  storage::Store& store_;
  const ConfigHolder& in_force_;
  Log& log_;
  bool stopping_ = false;
};

}  // namespace nopassd::daemon
