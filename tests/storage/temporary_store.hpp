#pragma once
// A store in a folder of its own, with a clock that the test turns; both vanish with the object. Everything is used
// from the test's own thread, which also runs the coroutines.
#include "storage/sqlite/sqlite_store.hpp"
#include "tests/storage/manual_clock.hpp"
#include "tests/storage/run_on.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace nopassd::testing {

class TemporaryStore {
 public:
  TemporaryStore() : TemporaryStore(storage::SqliteOptions{}) {}
  /// `options` as given, but for path, clock, on_commit and on_trouble, which are this object's.
  explicit TemporaryStore(storage::SqliteOptions options) : options_(std::move(options)) {
    options_.path = folder_.path() / "nopassd.db";
    options_.clock = [this] { return clock.now(); };
    options_.on_commit = [this](const storage::CommitNotice& notice) {
      const std::lock_guard lock(mutex_);
      notices_.push_back(notice);
    };
    options_.on_trouble = [this](bool failing, std::string_view what) {
      const std::lock_guard lock(mutex_);
      troubles_.emplace_back(failing, what);
    };
    open();
  }
  TemporaryStore(const TemporaryStore&) = delete;
  TemporaryStore& operator=(const TemporaryStore&) = delete;

  ManualClock clock;
  boost::asio::io_context io;

  storage::Store& store() { return *store_; }
  storage::Store& operator*() { return *store_; }
  storage::Store* operator->() { return store_.get(); }
  std::filesystem::path path() const { return options_.path; }
  const storage::SqliteOptions& options() const { return options_; }

  void open() { store_ = storage::open_sqlite(options_); }
  void close() { store_.reset(); }
  void reopen() {
    close();
    open();
  }

  template <class Awaitable>
  auto run(Awaitable work) {
    return run_on(io, std::move(work));
  }

  /// The value of one committed transaction; throws boost::system::system_error when it was not committed, with what
  /// the store had to say about it.
  template <class Work>
  auto transact(Work work, storage::Commit commit = storage::Commit::grouped) {
    return value_of(run(store_->transact(std::move(work), commit)));
  }
  template <class Work>
  auto read(Work work) {
    return value_of(run(store_->read(std::move(work))));
  }

  /// What the hub has been told since this was last asked.
  std::vector<storage::CommitNotice> take_notices() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notices_, {});
  }
  std::vector<std::pair<bool, std::string>> take_troubles() {
    const std::lock_guard lock(mutex_);
    return std::exchange(troubles_, {});
  }

 private:
  template <class Value>
  Value value_of(storage::result<Value> outcome) {
    if (outcome.has_error()) {
      std::string said;
      for (const auto& [failing, what] : take_troubles()) said += what + "; ";
      throw boost::system::system_error(outcome.error(), said);
    }
    return std::move(*outcome);
  }

  TemporaryFolder folder_;
  storage::SqliteOptions options_;
  std::mutex mutex_;
  std::vector<storage::CommitNotice> notices_;
  std::vector<std::pair<bool, std::string>> troubles_;
  std::unique_ptr<storage::Store> store_;
};

}  // namespace nopassd::testing
