#pragma once
// Copies of a database that is in use, and whether one is sound. Each works on a connection of its own, on the caller's
// thread, and holds up neither the writer nor the readers.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace nopassd::storage {

/// Why there is no copy, and what to do about it; nothing half-made was left.
class BackupError : public std::runtime_error {
 public:
  enum class Kind { exists, unwritable, unsound };
  BackupError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

struct BackupOrder {
  std::filesystem::path database;
  std::filesystem::path directory;  // made with mode 0700 when its parent is there
  std::string name;                 // a plain file name, without a dot in front
};

/// Writes the state of the last commit, checked and on disk before the name is there, mode 0600 whatever the umask;
/// returns its bytes. The copy has no epoch: whoever opens it as its database makes a new one each time, because other
/// events would bear the same cursors. One at a time for each database, and not while another process has it. Removes
/// what a backup that was cut off has left. Throws BackupError, also when `stop` was requested.
std::uint64_t back_up(const BackupOrder& order, const std::stop_token& stop);

struct Soundness {
  bool complete = true;             // false: the time was over, or `stop` was requested
  std::vector<std::string> faults;  // in SQLite's words, at most ten
};

/// SQLite's quick_check, until `deadline`. Throws BackupError when the database cannot be read.
Soundness check_soundness(const std::filesystem::path& database, std::chrono::steady_clock::time_point deadline,
                          const std::stop_token& stop);

}  // namespace nopassd::storage
