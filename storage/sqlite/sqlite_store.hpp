#pragma once
// The store in one SQLite file: WAL, synchronous=FULL, one writer thread, a few reader threads.
#include "storage/random.hpp"
#include "storage/store.hpp"

#include <filesystem>

namespace nopassd::storage {

/// Why a database could not be opened: a newer schema, held by another daemon (says by whom), not writable, no
/// database.
class OpenError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One commit, or one that failed.
struct Batch {
  std::size_t transactions = 0;
  std::chrono::nanoseconds took{};
  bool committed = false;
};

struct SqliteOptions {
  std::filesystem::path path;  // the folder must exist; the file is made with mode 0600
  Clock clock = system_now;
  Random random = system_random();
  /// Called on the writer thread after each commit that appended or announced something, before callers resume.
  std::function<void(const CommitNotice&)> on_commit = [](const CommitNotice&) {};
  /// Called on the writer thread after each batch, before on_commit and before callers resume.
  std::function<void(const Batch&)> on_batch = [](const Batch&) {};
  /// Called on the writer thread with a sentence for the log, which holds no values. `failing` is whether commits fail
  /// now: once true when they begin to, once false when they work again, which the store finds out by itself. A piece
  /// of work that failed alone (errc::defect) is reported too, and changes nothing about that.
  std::function<void(bool failing, std::string_view what)> on_trouble = [](bool, std::string_view) {};
  int readers = 2;
  Milliseconds busy_timeout{1000};  // how long a lock of another process is waited for
  std::size_t max_queued = 10000;   // in each lane of writes and of reads; beyond it errc::overloaded
  std::size_t max_batch = 256;      // transactions a commit
};

/// Opens or makes the database and brings its schema up to date. Throws OpenError. The store joins its threads when it
/// is destroyed: what is queued then is still committed.
std::unique_ptr<Store> open_sqlite(SqliteOptions options);

}  // namespace nopassd::storage
