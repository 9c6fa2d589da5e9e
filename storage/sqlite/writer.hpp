#pragma once
// The one thread that writes: it takes everything that is queued, runs it in one database transaction, each piece in a
// savepoint of its own, commits once, tells the hub and completes the callers.
#include "storage/sqlite/lane_queue.hpp"
#include "storage/sqlite/monotone_clock.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/sqlite/sqlite_transaction.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nopassd::storage {

struct WriteJob {
  std::function<bool(Transaction&)> run;
  Commit commit = Commit::grouped;
  std::function<void(error_code)> done;
  bool alone() const { return commit == Commit::alone; }
};

/// `options`, `identity` and `clock` outlive it. Thread-safe.
class Writer {
 public:
  /// Takes a connection whose schema is up to date; throws StoreFailure when the portal cannot be read.
  Writer(std::unique_ptr<Connection> connection, const SqliteOptions& options, const Identity& identity,
         MonotoneClock& clock);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// Commits what is queued first.
  ~Writer();

  /// Completes `job` with errc::stopped or errc::overloaded at once when it cannot be queued.
  void submit(Lane lane, WriteJob job);
  /// How many wait, by lane.
  std::array<std::size_t, 2> queued() const;
  /// Has on_trouble called with what a reader met.
  void note(std::string what);
  std::shared_ptr<const Portal> portal_view() const;

 private:
  void loop();
  /// Waits for work; empty when stopped, or when it is time for upkeep.
  std::vector<WriteJob> take(std::vector<std::string>& notes);
  void commit(std::vector<WriteJob>& batch);
  /// The result of each piece. Throws what broke the commit.
  std::vector<error_code> run_batch(std::vector<WriteJob>& batch);
  error_code run_piece(const WriteJob& job, bool shared);
  void tell_commit();
  void roll_back();
  void refresh_portal_view();
  /// After a commit: moves the log into the database now and then, and without delay when somebody was erased.
  void upkeep();
  /// Gives pages that hold nothing any more back to the disk, a few at a time, once they are many.
  void shrink();
  /// A commit of no meaning, to see whether commits work again.
  void probe();
  void report(bool failing, const std::string& what);

  const SqliteOptions& options_;
  std::unique_ptr<Connection> connection_;
  MonotoneClock& clock_;
  SqliteTransaction transaction_;
  int log_pages_ = 0;  // set by SQLite's hook whenever a commit wrote something
  bool wrote_ = false;
  bool failing_ = false;
  bool shrinking_ = false;  // there are more pages to give back
  std::chrono::steady_clock::time_point shrunk_at_{};
  bool scrub_ = true;  // the log may hold what was erased; after a crash nobody knows

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  LaneQueue<WriteJob> queue_;
  std::vector<std::string> notes_;
  std::shared_ptr<const Portal> portal_view_;
  bool stopping_ = false;
  std::thread thread_;  // last: it starts when all else is there
};

}  // namespace nopassd::storage
