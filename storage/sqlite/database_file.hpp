#pragma once
// The files of a database: who may have them, and that nobody else reads them.
#include <filesystem>

namespace nopassd::storage {

/// Holds `<database>.lock` with this process's id in it for as long as it lives.
class DatabaseLock {
 public:
  /// Throws OpenError, naming the holder's process id, when another one holds it.
  explicit DatabaseLock(const std::filesystem::path& database);
  DatabaseLock(const DatabaseLock&) = delete;
  DatabaseLock& operator=(const DatabaseLock&) = delete;
  ~DatabaseLock();

 private:
  int file_;
};

/// Makes the file with mode 0600, whatever the umask, or narrows the mode of an existing one and of its -wal and -shm.
/// Throws OpenError when it is a link, not a file, not writable or cannot be made.
void prepare_database_file(const std::filesystem::path& database);

}  // namespace nopassd::storage
