#include "storage/sqlite/connection.hpp"

#include "storage/errors.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace nopassd::storage {

namespace {

int open_flags(Connection::Access access) {
  // Each connection stays with one thread at a time, so SQLite's own mutexes are not needed.
  const int common = SQLite::OPEN_NOMUTEX;
  return common | (access == Connection::Access::read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE);
}

}  // namespace

void throw_database_error(const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
      throw std::logic_error(error.what());
    default:
      throw StoreFailure(error.what());
  }
}

Connection::Connection(const std::filesystem::path& path, Access access, int busy_timeout_ms)
    : database_(path.string(), open_flags(access), busy_timeout_ms) {
  database_.exec(
      "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
      "PRAGMA cache_size = -16384");
  if (access == Access::read_only) database_.exec("PRAGMA query_only = ON");
}

SQLite::Statement& Connection::prepared(std::string_view sql) {
  try {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      auto statement = std::make_unique<SQLite::Statement>(database_, std::string(sql));
      found = statements_.emplace(std::string(sql), std::move(statement)).first;
    }
    SQLite::Statement& statement = *found->second;
    // The result of a reset repeats the error of the last run, which was reported then.
    statement.tryReset();
    statement.clearBindings();
    return statement;
  } catch (const SQLite::Exception& error) {
    throw_database_error(error);
  }
}

void Connection::execute(std::string_view sql) {
  SQLite::Statement& statement = prepared(sql);
  try {
    statement.exec();
    statement.tryReset();
  } catch (const SQLite::Exception& error) {
    statement.tryReset();
    throw_database_error(error);
  }
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_.getHandle()) == 0; }

}  // namespace nopassd::storage
