#pragma once
// Keeps asking NoPass to delete the users whom the site has deleted.
#include "daemon/in_force.hpp"
#include "daemon/log.hpp"

#include <boost/asio/awaitable.hpp>

namespace nopassd::daemon {

/// On one thread. Ends when Notifications stop.
class DeletionDriver {
 public:
  /// How often it looks whose time it is; a new deletion wakes it at once.
  static constexpr std::chrono::seconds interval{1};

  /// Uses nothing of what it is given before run().
  DeletionDriver(const handlers::site::Services& services, const ConfigHolder& in_force, Log& log)
      : services_(services), in_force_(in_force), log_(log) {}

  boost::asio::awaitable<void> run();

 private:
  const handlers::site::Services& services_;
  const ConfigHolder& in_force_;
  Log& log_;
};

}  // namespace nopassd::daemon
