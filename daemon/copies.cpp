#include "daemon/copies.hpp"

#include "storage/sqlite/backup.hpp"
#include "storage/sqlite/restore.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

namespace nopassd::daemon {

namespace {

ExitCode fail(std::ostream& error, std::string_view why) {
  error << fmt::format("nopassd: {}\n", why);
  return ExitCode::failed;
}

}  // namespace

ExitCode make_copy(const std::string& database, const std::string& file, Console console) {
  const auto path = std::filesystem::absolute(file);
  if (!path.has_filename()) return fail(console.error, file + " is a folder; name the file to be made");
  if (!std::filesystem::exists(database)) {
    return fail(console.error, fmt::format("{}: there is no database yet; see storage.url", database));
  }
  try {
    const auto bytes = storage::back_up({database, path.parent_path(), path.filename()}, {});
    console.out << fmt::format("{}: {} bytes, checked\n", path.string(), bytes);
    return ExitCode::stopped;
  } catch (const storage::BackupError& error) {
    return fail(console.error, error.what());
  }
}

ExitCode restore_copy(const std::string& database, const std::string& file, Console console) {
  try {
    const auto kept = storage::restore(file, database);
    console.out << fmt::format("{} is now what {} holds\n", database, file);
    if (!kept.empty()) console.out << fmt::format("the database that was there is kept as {}\n", kept.string());
    return ExitCode::stopped;
  } catch (const std::exception& error) {
    return fail(console.error, error.what());
  }
}

}  // namespace nopassd::daemon
