#include "storage/sqlite/database_file.hpp"

#include "storage/sqlite/sqlite_store.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace nopassd::storage {

namespace {

constexpr mode_t private_mode = S_IRUSR | S_IWUSR;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what, int error) {
  throw OpenError(fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(error)));
}

class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, private_mode)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

void narrow_mode(const std::filesystem::path& path, int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) fail(path, "cannot be examined", errno);
  if (!S_ISREG(status.st_mode)) throw OpenError(path.string() + " is not a regular file");
  if ((status.st_mode & 07777) != private_mode && ::fchmod(file, private_mode) != 0) {
    fail(path, "others may read it, and its mode cannot be set to 0600", errno);
  }
}

std::string holder(int file) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(file, text.data(), text.size(), 0);
  std::string pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "another process" : "the process with id " + pid;
}

}  // namespace

DatabaseLock::DatabaseLock(const std::filesystem::path& database) : file_(-1) {
  std::filesystem::path path = database;
  path += ".lock";
  File file(path, O_RDWR | O_CREAT);
  if (file.get() < 0) fail(path, "cannot be made", errno);
  narrow_mode(path, file.get());
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) fail(path, "cannot be locked", errno);
    throw OpenError(
        fmt::format("{} is in use by {}; one daemon has a database for itself", database.string(), holder(file.get())));
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    fail(path, "cannot be written", errno);
  }
  file_ = file.release();
}

// The file stays: were it removed, a third process could lock a new one beside the second's.
DatabaseLock::~DatabaseLock() { ::close(file_); }

void prepare_database_file(const std::filesystem::path& database) {
  const File file(database, O_RDWR | O_CREAT | O_NONBLOCK);
  if (file.get() < 0) {
    if (errno == ELOOP) throw OpenError(database.string() + " is a symbolic link; name the file itself in storage.url");
    fail(database, "cannot be opened for writing", errno);
  }
  narrow_mode(database, file.get());
  for (const char* suffix : {"-wal", "-shm"}) {
    std::filesystem::path beside = database;
    beside += suffix;
    const File other(beside, O_RDWR | O_NONBLOCK);
    if (other.get() >= 0) {
      narrow_mode(beside, other.get());
    } else if (errno != ENOENT) {
      fail(beside, "cannot be opened for writing", errno);
    }
  }
  const auto folder = database.has_parent_path() ? database.parent_path() : std::filesystem::path(".");
  const File parent(folder, O_RDONLY | O_DIRECTORY);
  // A new file is on disk only when its name is.
  if (parent.get() >= 0 && ::fsync(parent.get()) != 0) fail(folder, "cannot be written", errno);
}

}  // namespace nopassd::storage
