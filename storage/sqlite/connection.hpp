#pragma once
// One connection to the database file with its prepared statements. For one thread at a time.
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nopassd::storage {

/// Says what went wrong in the database's own words, which hold no values. Throws std::logic_error when the statement
/// is at fault (a constraint, a misuse) and StoreFailure when the database is (full, locked, I/O, corrupt).
[[noreturn]] void throw_database_error(const SQLite::Exception& error);

class Connection {
 public:
  enum class Access { read_only, read_write };

  /// Throws SQLite::Exception when the file cannot be opened or is no database.
  Connection(const std::filesystem::path& path, Access access, int busy_timeout_ms);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The prepared statement for this text, reset and without bindings; made on first use.
  SQLite::Statement& prepared(std::string_view sql);
  /// Runs a statement without values and results. Throws as throw_database_error does.
  void execute(std::string_view sql);
  /// Rows changed by the last statement.
  int changes() const { return database_.getChanges(); }
  /// Whether BEGIN is in force; SQLite may have rolled back by itself after an error.
  bool in_transaction() const;
  SQLite::Database& database() { return database_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  SQLite::Database database_;
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>, Hash, std::equal_to<>> statements_;
};

}  // namespace nopassd::storage
