#include "handlers/site/storage_check.hpp"

namespace nopassd::handlers::site {

std::optional<bool> StorageCheck::known(storage::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const bool recent = begun_ && now >= *begun_ && now - *begun_ < interval;
  if (recent && committed_) return committed_;
  begun_ = now;
  return std::nullopt;
}

void StorageCheck::note(bool committed) {
  const std::lock_guard lock(mutex_);
  committed_ = committed;
}

asio::awaitable<bool> StorageCheck::commits(storage::Store& store) {
  if (const auto result = known(store.now())) co_return *result;
  // Writes back what is there: a transaction without a write would not touch the disk.
  auto work = [](storage::Transaction& transaction) {
    transaction.save_portal(transaction.portal());
    return true;
  };
  // Whether callbacks would fail is asked, not whether the site asks too much.
  const auto done = co_await store.transact(std::move(work), storage::Commit::grouped, storage::Lane::callback);
  note(done.has_value());
  co_return done.has_value();
}

}  // namespace nopassd::handlers::site
