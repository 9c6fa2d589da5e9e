// Pages that hold nothing any more go back to the disk.
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace nopassd::testing {
namespace {

TEST(Shrinking, GivesBackWhatManyRemovedEventsHaveTaken) {
  TemporaryStore store;
  store.transact([](Transaction& t) {
    for (int i = 0; i < 16'000; ++i) t.append(portal_event("challenged", std::string(400, 'x')));
    return 0;
  });
  const auto pages = [&store] {
    store.transact([](Transaction&) { return 0; });  // wakes the writer
    return SQLite::Database(store.path().string()).execAndGet("PRAGMA page_count").getInt();
  };
  const int before = pages();
  ASSERT_GT(before, 1800);
  store.transact([](Transaction& t) { return t.remove_events(t.now() + Milliseconds(1), 0, 100'000); });
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (pages() > before - 500 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_LE(pages(), before - 500);
}

}  // namespace
}  // namespace nopassd::testing
