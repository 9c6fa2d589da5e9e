#include "storage/sqlite/sqlite_store.hpp"

#include "storage/sqlite/database_file.hpp"
#include "storage/sqlite/reader_pool.hpp"
#include "storage/sqlite/writer.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace nopassd::storage {

namespace {

std::uint64_t bytes_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

/// Members in the order in which they are needed: the lock goes last, and the readers go before what they report to.
class SqliteStore final : public Store {
 public:
  SqliteStore(SqliteOptions options, std::unique_ptr<DatabaseLock> lock, std::unique_ptr<Connection> connection)
      : options_(std::move(options)),
        lock_(std::move(lock)),
        identity_(load_identity(*connection, options_.random)),
        clock_(options_.clock),
        writer_(std::move(connection), options_, identity_, clock_),
        readers_(options_, identity_, clock_, [this](std::string what) { writer_.note(std::move(what)); }) {}

  std::shared_ptr<const Portal> portal_view() const override { return writer_.portal_view(); }
  TimePoint now() const override { return clock_.now(); }
  Digest digest(SecretKind kind, std::string_view secret) const override {
    return keyed_digest(identity_.key, kind, secret);
  }
  StoreFigures figures() const override {
    return {writer_.queued(), readers_.queued(), bytes_of(options_.path), bytes_of(options_.path.string() + "-wal")};
  }

 protected:
  void submit_write(std::function<bool(Transaction&)> run, Terms terms, Done done) override {
    writer_.submit(terms.lane, {std::move(run), terms.commit, std::move(done)});
  }
  void submit_read(std::function<void(Snapshot&)> run, Lane lane, Done done) override {
    readers_.submit(lane, {std::move(run), std::move(done)});
  }

 private:
  const SqliteOptions options_;
  const std::unique_ptr<DatabaseLock> lock_;
  const Identity identity_;
  mutable MonotoneClock clock_;
  Writer writer_;
  ReaderPool readers_;
};

std::unique_ptr<Connection> open_for_writing(const SqliteOptions& options) {
  auto connection = std::make_unique<Connection>(options.path, Connection::Access::read_write,
                                                 static_cast<int>(options.busy_timeout.count()));
  check_schema(*connection, options.path.string());
  SQLite::Database& database = connection->database();
  // Counts for a new database only, and before its first table.
  database.exec("PRAGMA auto_vacuum = INCREMENTAL");
  const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal") {
    throw OpenError(
        fmt::format("{}: no write-ahead log is possible here; use a local file system", options.path.string()));
  }
  // Checkpoints are the writer's, after it has answered.
  database.exec(
      "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA journal_size_limit = 134217728");
  migrate(*connection);
  return connection;
}

}  // namespace

std::unique_ptr<Store> open_sqlite(SqliteOptions options) {
  const std::string name = options.path.string();
  auto lock = std::make_unique<DatabaseLock>(options.path);
  prepare_database_file(options.path);
  try {
    auto connection = open_for_writing(options);
    return std::make_unique<SqliteStore>(std::move(options), std::move(lock), std::move(connection));
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_NOTADB) {
      throw OpenError(name + " is no database; name another file in storage.url, or restore a backup");
    }
    throw OpenError(fmt::format("{} cannot be opened: {}", name, error.what()));
  } catch (const StoreFailure& error) {
    throw OpenError(fmt::format("{} cannot be opened: {}", name, error.what()));
  }
}

}  // namespace nopassd::storage
