#include "storage/sqlite/backup.hpp"

#include "storage/secret.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <condition_variable>
#include <fcntl.h>
#include <functional>
#include <mutex>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace nopassd::storage {

namespace {

using Kind = BackupError::Kind;

constexpr int busy_timeout_ms = 10'000;
constexpr mode_t private_mode = S_IRUSR | S_IWUSR;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what, int error) {
  const std::string_view advice =
      error == ENOSPC || error == EDQUOT
          ? "free some space, or name another folder in storage.backup_directory"
          : "let the daemon write there, or name another folder in storage.backup_directory";
  throw BackupError(Kind::unwritable,
                    fmt::format("{}: {}: {}; {}", path.string(), what, std::generic_category().message(error), advice));
}

/// The database's own words hold no values.
[[noreturn]] void fail(const std::filesystem::path& path, const SQLite::Exception& error) {
  if (error.getErrorCode() == SQLITE_FULL) fail(path, "cannot be written", ENOSPC);
  if (error.getErrorCode() == SQLITE_INTERRUPT) {
    throw BackupError(Kind::unwritable, "the daemon is stopping; ask again when it has started");
  }
  throw BackupError(Kind::unwritable,
                    fmt::format("the copy failed: {}; see that the disks are in order", error.what()));
}

class Folder {
 public:
  explicit Folder(const std::filesystem::path& path) : path_(path) {
    const bool made = ::mkdir(path.c_str(), S_IRWXU) == 0;
    if (!made && errno != EEXIST) fail(path, "cannot be made", errno);
    file_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file_ < 0) fail(path, "cannot be opened", errno);
    if (made) keep_name();
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { ::close(file_); }
  int get() const { return file_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  /// A new folder is on disk only when its name is.
  void keep_name() const {
    const int parent = ::openat(file_, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return;
    ::fsync(parent);
    ::close(parent);
  }

  std::filesystem::path path_;
  int file_ = -1;
};

/// A file under a name of its own, which goes with the object, as does what SQLite puts beside it.
class Draft {
 public:
  Draft(const Folder& folder, std::string name) : folder_(folder), name_(std::move(name)) {
    remove();
    const int file = ::openat(folder_.get(), name_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, private_mode);
    if (file < 0) fail(folder_.path(), "cannot be written", errno);
    const int changed = ::fchmod(file, private_mode);
    ::close(file);
    if (changed != 0) fail(path(), "its mode cannot be set to 0600", errno);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { remove(); }

  std::filesystem::path path() const { return folder_.path() / name_; }

  /// On disk under its new name, which nobody had. Returns its bytes.
  std::uint64_t publish(const std::string& name) {
    const int file = ::openat(folder_.get(), name_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    const bool synced = file >= 0 && ::fstat(file, &status) == 0 && ::fsync(file) == 0;
    const int error = errno;
    if (file >= 0) ::close(file);
    if (!synced) fail(path(), "cannot be written", error);
    give_name(name);
    if (::fsync(folder_.get()) != 0) fail(folder_.path(), "cannot be written", errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  /// The journal of a copy that was cut off would be rolled back into the next one.
  void remove() const {
    for (const char* suffix : {"-journal", "-wal", "-shm", ""}) {
      ::unlinkat(folder_.get(), (name_ + suffix).c_str(), 0);
    }
  }

  void give_name(const std::string& name) {
    if (::renameat2(folder_.get(), name_.c_str(), folder_.get(), name.c_str(), RENAME_NOREPLACE) == 0) return;
    // Not every file system can rename without replacing; then the destructor takes the other name away.
    const bool unsupported = errno == EINVAL || errno == ENOSYS;
    if (unsupported && ::linkat(folder_.get(), name_.c_str(), folder_.get(), name.c_str(), 0) == 0) return;
    if (errno == EEXIST) throw BackupError(Kind::exists, fmt::format("{} exists already; choose another name", name));
    fail(folder_.path() / name, "cannot be made", errno);
  }

  const Folder& folder_;
  const std::string name_;
};

/// Interrupts what the connection does when `stop` is requested, and at the deadline if there is one.
class Watchdog {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  Watchdog(SQLite::Database& database, const std::stop_token& stop, Deadline deadline)
      : on_stop_(stop, [handle = database.getHandle()] { sqlite3_interrupt(handle); }) {
    if (!deadline) return;
    timer_ = std::jthread([this, handle = database.getHandle(), until = *deadline](const std::stop_token& done) {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, done, until, [] { return false; });
      if (!done.stop_requested()) sqlite3_interrupt(handle);
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::stop_callback<std::function<void()>> on_stop_;
  std::jthread timer_;
};

void refuse_when(const std::stop_token& stop) {
  if (stop.stop_requested()) throw SQLite::Exception("interrupted", SQLITE_INTERRUPT);
}

/// One read transaction, so that it is of one commit however long it takes; what was erased is not in it.
void write_copy(const BackupOrder& order, const std::filesystem::path& copy, const std::stop_token& stop) {
  SQLite::Database database(order.database.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
  const Watchdog watchdog(database, stop, std::nullopt);
  refuse_when(stop);
  SQLite::Statement vacuum(database, "VACUUM INTO ?");
  vacuum.bind(1, copy.string());
  vacuum.exec();
}

/// The journal is kept in memory: a copy that breaks here is thrown away.
void finish_copy(const std::filesystem::path& copy, const std::stop_token& stop) {
  SQLite::Database database(copy.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
  const Watchdog watchdog(database, stop, std::nullopt);
  refuse_when(stop);
  database.exec("PRAGMA journal_mode = MEMORY; DELETE FROM meta WHERE name = 'epoch'");
  const std::string verdict = database.execAndGet("PRAGMA integrity_check(1)").getString();
  if (verdict == "ok") return;
  throw BackupError(Kind::unsound,
                    fmt::format("the copy is not sound ({}): nopassctl doctor tells whether the database "
                                "is; keep the backups that there are",
                                verdict));
}

/// The same for every backup of one database, so that the next one finds what was left.
std::string draft_name(const std::filesystem::path& database) {
  std::string name = ".nopassd-";
  const Digest digest = sha256(database.string());
  for (std::size_t i = 0; i < 8; ++i) name += fmt::format("{:02x}", digest[i]);
  return name + ".partial";
}

}  // namespace

std::uint64_t back_up(const BackupOrder& order, const std::stop_token& stop) {
  const Folder folder(order.directory);
  struct stat ignored {};
  if (::fstatat(folder.get(), order.name.c_str(), &ignored, AT_SYMLINK_NOFOLLOW) == 0) {
    throw BackupError(Kind::exists, fmt::format("{} exists already; choose another name", order.name));
  }
  Draft draft(folder, draft_name(order.database));
  try {
    write_copy(order, draft.path(), stop);
    finish_copy(draft.path(), stop);
  } catch (const SQLite::Exception& error) {
    fail(folder.path(), error);
  }
  return draft.publish(order.name);
}

Soundness check_soundness(const std::filesystem::path& database, std::chrono::steady_clock::time_point deadline,
                          const std::stop_token& stop) {
  Soundness found;
  try {
    SQLite::Database connection(database.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
    const Watchdog watchdog(connection, stop, deadline);
    SQLite::Statement check(connection, "PRAGMA quick_check(10)");
    while (check.executeStep()) {
      std::string line = check.getColumn(0).getString();
      if (line != "ok") found.faults.push_back(std::move(line));
    }
  } catch (const SQLite::Exception& error) {
    const int code = error.getErrorCode();
    if (code == SQLITE_INTERRUPT) {
      found.complete = false;
    } else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
      found.faults.emplace_back(error.what());
    } else {
      throw BackupError(Kind::unsound, fmt::format("the database cannot be read: {}", error.what()));
    }
  }
  return found;
}

}  // namespace nopassd::storage
