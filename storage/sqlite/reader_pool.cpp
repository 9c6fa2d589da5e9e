#include "storage/sqlite/reader_pool.hpp"

#include <algorithm>

namespace nopassd::storage {

ReaderPool::ReaderPool(const SqliteOptions& options, const Identity& identity, MonotoneClock& clock,
                       std::function<void(std::string)> note)
    : options_(options), identity_(identity), clock_(clock), note_(std::move(note)), queue_(options.max_queued) {
  for (int i = 0; i < std::max(options.readers, 1); ++i) {
    connections_.push_back(std::make_unique<Connection>(options.path, Connection::Access::read_only,
                                                        static_cast<int>(options.busy_timeout.count())));
  }
  for (const auto& connection : connections_) {
    threads_.emplace_back([this, reader = connection.get()] { loop(*reader); });
  }
}

ReaderPool::~ReaderPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ReaderPool::submit(Lane lane, ReadJob job) {
  error_code refusal;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refusal = errc::stopped;
    } else if (!queue_.push(lane, job)) {
      refusal = errc::overloaded;
    }
  }
  if (refusal) {
    job.done(refusal);
  } else {
    wake_.notify_one();
  }
}

std::array<std::size_t, 2> ReaderPool::queued() const {
  const std::lock_guard lock(mutex_);
  return {queue_.size(Lane::callback), queue_.size(Lane::site)};
}

void ReaderPool::loop(Connection& connection) {
  SqliteSnapshot snapshot(connection, identity_);
  for (;;) {
    ReadJob job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = std::move(queue_.take(1).front());
    }
    job.done(read(connection, snapshot, job));
  }
}

error_code ReaderPool::read(Connection& connection, SqliteSnapshot& snapshot, const ReadJob& job) {
  error_code outcome;
  try {
    connection.execute("BEGIN");
    snapshot.set_now(clock_.now());
    job.run(snapshot);
  } catch (const StoreFailure& error) {
    outcome = errc::unavailable;
    note_(std::string("the store cannot be read: ") + error.what());
  } catch (const std::exception& error) {
    outcome = errc::defect;
    note_(std::string("a read was given up by a fault of the program: ") + error.what());
  } catch (...) {
    outcome = errc::defect;
    note_("a read was given up by a fault of the program");
  }
  try {
    if (connection.in_transaction()) connection.execute("COMMIT");
  } catch (const std::exception& error) {
    outcome = errc::unavailable;
    note_(std::string("a read could not be ended: ") + error.what());
  }
  return outcome;
}

}  // namespace nopassd::storage
