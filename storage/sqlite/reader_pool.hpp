#pragma once
// A few threads that read, each with a read-only connection; none of them ever waits for the writer.
#include "storage/sqlite/lane_queue.hpp"
#include "storage/sqlite/monotone_clock.hpp"
#include "storage/sqlite/reads.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nopassd::storage {

struct ReadJob {
  std::function<void(Snapshot&)> run;
  std::function<void(error_code)> done;
};

/// `options`, `identity` and `clock` outlive it. Thread-safe.
class ReaderPool {
 public:
  /// `note` is called on any reader thread with what a read met that it should not have. Throws SQLite::Exception.
  ReaderPool(const SqliteOptions& options, const Identity& identity, MonotoneClock& clock,
             std::function<void(std::string)> note);
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;
  /// Reads what is queued first.
  ~ReaderPool();

  /// Completes `job` with errc::stopped or errc::overloaded at once when it cannot be queued.
  void submit(Lane lane, ReadJob job);
  /// How many wait, by lane.
  std::array<std::size_t, 2> queued() const;

 private:
  using SqliteSnapshot = Reads<Snapshot>;

  void loop(Connection& connection);
  error_code read(Connection& connection, SqliteSnapshot& snapshot, const ReadJob& job);

  const SqliteOptions& options_;
  const Identity& identity_;
  MonotoneClock& clock_;
  std::function<void(std::string)> note_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  LaneQueue<ReadJob> queue_;
  bool stopping_ = false;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace nopassd::storage
