#pragma once
// Puts a backup in the place of a database that nobody uses. On the caller's thread.
#include <filesystem>
#include <stdexcept>

namespace nopassd::storage {

/// Why nothing was restored, and what to do; the database is as it was.
class RestoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Copies `backup`, examined whole, on disk and with mode 0600, over `database`; a database that was there is kept
/// beside it under the name that is returned (empty: there was none). The copy has no epoch, as in back_up(). What root
/// restores belongs to the owner of the database's folder. Throws RestoreError: the database is in use, `backup` is no
/// sound nopassd database or of a newer version, or a file cannot be read or written.
std::filesystem::path restore(const std::filesystem::path& backup, const std::filesystem::path& database);

}  // namespace nopassd::storage
