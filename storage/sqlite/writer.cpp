#include "storage/sqlite/writer.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace nopassd::storage {

namespace {

constexpr auto upkeep_interval = std::chrono::seconds(1);
// 64 MiB of log: pages that are written again and again, as pictures are, reach the database once a checkpoint.
constexpr int checkpoint_pages = 16000;
// 4 MiB may lie idle for what comes next; a step of 1 MiB takes a few milliseconds.
constexpr int most_free_pages = 1024;
constexpr int pages_a_step = 256;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, const SqliteOptions& options, const Identity& identity,
               MonotoneClock& clock)
    : options_(options),
      connection_(std::move(connection)),
      clock_(clock),
      transaction_(*connection_, identity, options.random),
      queue_(options.max_queued) {
  const auto after_commit = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<Writer*>(self)->log_pages_ = pages;
    static_cast<Writer*>(self)->wrote_ = true;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_->database().getHandle(), after_commit, this);
  refresh_portal_view();
  upkeep();
  thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::submit(Lane lane, WriteJob job) {
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

std::array<std::size_t, 2> Writer::queued() const {
  const std::lock_guard lock(mutex_);
  return {queue_.size(Lane::callback), queue_.size(Lane::site)};
}

void Writer::note(std::string what) {
  {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(what));
  }
  wake_.notify_one();
}

std::shared_ptr<const Portal> Writer::portal_view() const {
  const std::lock_guard lock(mutex_);
  return portal_view_;
}

void Writer::loop() {
  for (;;) {
    std::vector<std::string> notes;
    std::vector<WriteJob> batch = take(notes);
    for (const std::string& what : notes) options_.on_trouble(failing_, what);
    if (!batch.empty()) {
      commit(batch);
    } else if (failing_) {
      probe();
    }
    upkeep();
    shrink();
    const std::lock_guard lock(mutex_);
    if (stopping_ && queue_.empty() && notes_.empty()) return;
  }
}

std::vector<WriteJob> Writer::take(std::vector<std::string>& notes) {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return stopping_ || !queue_.empty() || !notes_.empty(); };
  if (failing_ || scrub_ || shrinking_) {
    wake_.wait_for(lock, upkeep_interval, something);
  } else {
    wake_.wait(lock, something);
  }
  notes.swap(notes_);
  return queue_.take(options_.max_batch);
}

void Writer::commit(std::vector<WriteJob>& batch) {
  std::vector<error_code> outcomes;
  bool committed = false;
  const auto began = std::chrono::steady_clock::now();
  try {
    outcomes = run_batch(batch);
    committed = true;
  } catch (const std::exception& error) {
    roll_back();
    outcomes.assign(batch.size(), errc::unavailable);
    if (!failing_) report(true, std::string("the store cannot commit: ") + error.what());
  }
  options_.on_batch({batch.size(), std::chrono::steady_clock::now() - began, committed});
  if (committed) tell_commit();
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(outcomes[i]);
}

std::vector<error_code> Writer::run_batch(std::vector<WriteJob>& batch) {
  std::vector<error_code> outcomes;
  outcomes.reserve(batch.size());
  transaction_.begin_batch();
  wrote_ = false;
  connection_->execute("BEGIN IMMEDIATE");
  for (const WriteJob& job : batch) outcomes.push_back(run_piece(job, batch.size() > 1));
  // A single piece that failed has taken the whole transaction with it.
  if (connection_->in_transaction()) connection_->execute("COMMIT");
  if (wrote_ && failing_) report(false, "the store commits again");
  return outcomes;
}

error_code Writer::run_piece(const WriteJob& job, bool shared) {
  transaction_.begin_piece(clock_.now());
  if (shared) connection_->execute("SAVEPOINT piece");
  bool keep = false;
  error_code outcome;
  try {
    keep = job.run(transaction_);
  } catch (const StoreFailure&) {
    throw;
  } catch (const std::exception& error) {
    outcome = errc::defect;
    report(failing_, std::string("a transaction was given up by a fault of the program: ") + error.what());
  } catch (...) {
    outcome = errc::defect;
    report(failing_, "a transaction was given up by a fault of the program");
  }
  if (!connection_->in_transaction()) throw StoreFailure("the database ended the transaction by itself");
  if (keep) {
    if (shared) connection_->execute("RELEASE piece");
    return outcome;
  }
  transaction_.discard_piece();
  if (shared) {
    connection_->execute("ROLLBACK TO piece");
    connection_->execute("RELEASE piece");
  } else {
    connection_->execute("ROLLBACK");
  }
  return outcome;
}

void Writer::tell_commit() {
  if (transaction_.portal_saved()) refresh_portal_view();
  scrub_ = scrub_ || transaction_.erased();
  const CommitNotice notice = transaction_.take_notice();
  if (!notice.events.empty() || !notice.live.empty()) options_.on_commit(notice);
}

void Writer::roll_back() {
  transaction_.discard_batch();
  if (!connection_->in_transaction()) return;
  try {
    connection_->execute("ROLLBACK");
  } catch (const std::exception& error) {
    report(true, std::string("a failed transaction could not be rolled back: ") + error.what());
  }
}

void Writer::refresh_portal_view() {
  auto fresh = std::make_shared<const Portal>(transaction_.portal());
  const std::lock_guard lock(mutex_);
  portal_view_ = std::move(fresh);
}

void Writer::upkeep() {
  sqlite3* const database = connection_->database().getHandle();
  if (scrub_) {
    // Readers must not delay the writer: when one is in the way, the next round tries again.
    sqlite3_busy_timeout(database, 0);
    if (sqlite3_wal_checkpoint_v2(database, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) == SQLITE_OK) {
      scrub_ = false;
      log_pages_ = 0;
    }
    sqlite3_busy_timeout(database, static_cast<int>(options_.busy_timeout.count()));
  } else if (log_pages_ >= checkpoint_pages) {
    // It may fail like any write, and then the log grows until a commit fails and is reported.
    sqlite3_wal_checkpoint_v2(database, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    log_pages_ = 0;
  }
}

void Writer::shrink() {
  const auto now = std::chrono::steady_clock::now();
  if (failing_ || now - shrunk_at_ < upkeep_interval) return;
  shrunk_at_ = now;
  try {
    SQLite::Database& database = connection_->database();
    const int free = database.execAndGet("PRAGMA freelist_count").getInt();
    const int pages = database.execAndGet("PRAGMA page_count").getInt();
    shrinking_ = free > most_free_pages && free > pages / 4;
    if (shrinking_) database.exec(fmt::format("PRAGMA incremental_vacuum({})", pages_a_step));
  } catch (const SQLite::Exception&) {
    shrinking_ = false;  // it was tried for the disk's sake; a commit that fails is told
  }
}

void Writer::probe() {
  try {
    wrote_ = false;
    connection_->execute("BEGIN IMMEDIATE");
    connection_->execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', randomblob(8))");
    connection_->execute("COMMIT");
    if (wrote_) report(false, "the store commits again");
  } catch (const std::exception&) {
    roll_back();  // that commits fail was said when it began
  }
}

void Writer::report(bool failing, const std::string& what) {
  failing_ = failing;
  options_.on_trouble(failing, what);
}

}  // namespace nopassd::storage
