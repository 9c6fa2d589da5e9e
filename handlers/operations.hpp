#pragma once
// What an operator asks of the running process rather than of what it remembers. The daemon implements it.
#include "storage/time.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace nopassd::handlers {

namespace asio = boost::asio;

struct BackupMade {
  std::uint64_t bytes = 0;
  storage::TimePoint created_at;
};

struct BackupRefused {
  bool exists = false;  // else the place cannot be written
  std::string detail;   // what is wrong and what to do
};

/// What reading the configuration again came to. With problems nothing has changed.
struct Reloaded {
  std::vector<std::string> changed;   // keys that hold now
  std::vector<std::string> restart;   // keys that hold after a restart
  std::vector<std::string> problems;  // each with file, line, key and what would be right
};

/// One look at one thing. `advice` says what to do, empty when nothing is wrong.
struct Check {
  enum class Status { ok, warning, failing };
  std::string name;  // e.g. "disk_space"
  Status status = Status::ok;
  std::string detail;
  std::string advice;
};

/// Thread-safe. Each resumes on the caller's executor and holds up no event loop meanwhile.
class Operations {
 public:
  virtual ~Operations() = default;
  /// A copy of the last commit in storage.backup_directory under this name, mode 0600; `name` is a plain file name.
  virtual asio::awaitable<boost::system::result<BackupMade, BackupRefused>> back_up(std::string name) = 0;
  virtual asio::awaitable<Reloaded> reload() = 0;
  virtual asio::awaitable<std::vector<Check>> diagnose() = 0;
};

}  // namespace nopassd::handlers
