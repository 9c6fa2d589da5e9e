#include "storage/sqlite/restore.hpp"

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/database_file.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/time.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace nopassd::storage {

namespace fs = std::filesystem;

namespace {

constexpr mode_t private_mode = S_IRUSR | S_IWUSR;
constexpr int busy_timeout_ms = 1000;

[[noreturn]] void fail(const fs::path& path, std::string_view what, int error) {
  throw RestoreError(fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(error)));
}

fs::path with(const fs::path& path, std::string_view suffix) { return path.string() + std::string(suffix); }

fs::path folder_of(const fs::path& database) {
  return database.has_parent_path() ? database.parent_path() : fs::path(".");
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : path_(path), file_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (file_ < 0) fail(path, "cannot be opened", errno);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(file_); }
  int get() const { return file_; }
  void sync() const {
    if (::fsync(file_) != 0) fail(path_, "cannot be written", errno);
  }

 private:
  const fs::path path_;
  const int file_;
};

/// The copy while it is examined, beside the database; it goes with the object unless it has got the database's name.
class Draft {
 public:
  Draft(const fs::path& backup, const fs::path& database) : path_(folder_of(database) / ".nopassd-restore.partial") {
    remove();
    const Descriptor from(backup, O_RDONLY);
    const Descriptor to(path_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (::fchmod(to.get(), private_mode) != 0) fail(path_, "its mode cannot be set to 0600", errno);
    std::array<char, 1 << 16> chunk{};
    for (ssize_t got = 0; (got = ::read(from.get(), chunk.data(), chunk.size())) != 0;) {
      if (got < 0) fail(backup, "cannot be read", errno);
      if (::write(to.get(), chunk.data(), static_cast<std::size_t>(got)) != got) {
        fail(path_, "cannot be written", errno == 0 ? ENOSPC : errno);
      }
    }
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { remove(); }
  const fs::path& path() const { return path_; }

 private:
  void remove() const {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink(with(path_, suffix).c_str());
  }
  const fs::path path_;
};

void refuse_what_is_in_use(const fs::path& backup) {
  std::error_code none;
  const auto log = fs::file_size(with(backup, "-wal"), none);
  if (none || log == 0) return;
  throw RestoreError(
      fmt::format("{} is a database in use, with a log beside it, and no backup; make one with "
                  "nopassctl backup, or with nopassd --backup",
                  backup.string()));
}

void examine(const fs::path& draft, const fs::path& backup) {
  const auto refuse = [&backup](std::string_view why) {
    throw RestoreError(fmt::format("{}: {}; take another backup", backup.string(), why));
  };
  try {
    Connection connection(draft, Connection::Access::read_write, busy_timeout_ms);
    SQLite::Database& database = connection.database();
    check_schema(connection, backup.string());
    if (database.execAndGet("PRAGMA user_version").getInt() == 0) refuse("holds no nopassd database");
    database.exec("PRAGMA journal_mode = MEMORY; DELETE FROM meta WHERE name = 'epoch'");
    const std::string verdict = database.execAndGet("PRAGMA integrity_check(1)").getString();
    if (verdict != "ok") refuse(fmt::format("is not sound ({})", verdict));
  } catch (const OpenError& error) {
    throw RestoreError(error.what());
  } catch (const SQLite::Exception& error) {
    refuse(error.getErrorCode() == SQLITE_NOTADB ? "is no database" : error.what());
  }
}

/// What the log holds goes into the file, so that it is whole by itself. One that is broken stays as it is.
void settle(const fs::path& database) {
  try {
    SQLite::Database old(database.string(), SQLite::OPEN_READWRITE, busy_timeout_ms);
    old.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const SQLite::Exception&) {
    return;
  }
}

std::string time_in_name() {
  std::string time = format_time(system_now());
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return time;
}

/// Under a second name until the first has become the copy's, so that a crash in between loses nothing.
fs::path keep_aside(const fs::path& database) {
  if (!fs::exists(database)) return {};
  settle(database);
  const fs::path aside = with(database, ".replaced-" + time_in_name());
  for (const char* suffix : {"", "-wal"}) {
    if (!fs::exists(with(database, suffix))) continue;
    if (::link(with(database, suffix).c_str(), with(aside, suffix).c_str()) != 0) {
      fail(aside, "the database that is there cannot be kept", errno);
    }
  }
  return aside;
}

/// Root's files would be closed to the daemon.
void give_to_owner_of_folder(const fs::path& path) {
  struct stat folder {};
  if (::geteuid() != 0 || ::stat(folder_of(path).c_str(), &folder) != 0) return;
  if (::lchown(path.c_str(), folder.st_uid, folder.st_gid) != 0) fail(path, "cannot be given to its owner", errno);
}

}  // namespace

fs::path restore(const fs::path& backup, const fs::path& database) {
  refuse_what_is_in_use(backup);
  if (fs::is_symlink(database)) throw RestoreError(database.string() + " is a symbolic link; name the file itself");
  try {
    const DatabaseLock lock(database);
    give_to_owner_of_folder(with(database, ".lock"));
    const Draft draft(backup, database);
    examine(draft.path(), backup);
    Descriptor(draft.path(), O_RDONLY).sync();
    give_to_owner_of_folder(draft.path());
    const fs::path aside = keep_aside(database);
    for (const char* suffix : {"-wal", "-shm"}) ::unlink(with(database, suffix).c_str());
    if (::rename(draft.path().c_str(), database.c_str()) != 0) fail(database, "cannot be replaced", errno);
    Descriptor(folder_of(database), O_RDONLY | O_DIRECTORY).sync();
    return aside;
  } catch (const OpenError& error) {
    throw RestoreError(
        fmt::format("{}; restore while the daemon is stopped, as root or as the daemon's user", error.what()));
  }
}

}  // namespace nopassd::storage
