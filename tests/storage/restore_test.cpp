// A backup in the place of a database: examined first, and nothing is lost whatever happens.
#include "storage/sqlite/restore.hpp"

#include "storage/sqlite/backup.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace nopassd::testing {
namespace {

using ::testing::HasSubstr;

/// A store with three events, and a backup of when it had one.
class Restore : public ::testing::Test {
 protected:
  Restore() {
    append(1);
    storage::back_up({store.path(), folder.path(), "backup.db"}, {});
    append(2);
  }
  void append(int count) {
    for (int i = 0; i < count; ++i) {
      store.transact([](storage::Transaction& t) { return t.append(portal_event("challenged", "192.0.2.1")), 0; });
    }
  }
  std::int64_t last() {
    return store.read([](storage::Snapshot& s) { return s.event_log(); }).last;
  }
  std::string refusal(const std::filesystem::path& from) {
    try {
      storage::restore(from, store.path());
    } catch (const storage::RestoreError& error) {
      return error.what();
    }
    return "it was restored";
  }
  /// Nothing but the database, its lock and its log is left of a restoration that was refused.
  void expect_untouched() {
    for (const auto& entry : std::filesystem::directory_iterator(store.path().parent_path())) {
      const std::string name = entry.path().filename();
      EXPECT_TRUE(name.starts_with("nopassd.db")) << name;
      EXPECT_EQ(name.find("replaced"), std::string::npos) << name;
    }
    store.open();
    EXPECT_EQ(last(), 3);
  }

  TemporaryFolder folder;
  std::filesystem::path backup = folder.path() / "backup.db";
  TemporaryStore store;
};

TEST_F(Restore, BringsBackWhatTheBackupHoldsAndKeepsWhatWasThere) {
  store.close();
  const auto kept = storage::restore(backup, store.path());
  store.open();
  EXPECT_EQ(last(), 1);
  struct stat status {};
  ASSERT_EQ(::stat(store.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_TRUE(std::filesystem::exists(backup));
  store.close();
  storage::restore(kept, store.path());
  store.open();
  EXPECT_EQ(last(), 3);
}

TEST_F(Restore, NeverPlaysAnOldLogIntoTheCopy) {
  // What a crash leaves: a database with its log, copied while it is open.
  const auto crashed = folder.path() / "crashed.db";
  std::filesystem::copy_file(store.path(), crashed);
  std::filesystem::copy_file(store.path().string() + "-wal", crashed.string() + "-wal");
  storage::restore(backup, crashed);
  EXPECT_FALSE(std::filesystem::exists(crashed.string() + "-wal"));
  SQLite::Database restored(crashed.string());
  EXPECT_EQ(restored.execAndGet("SELECT count(*) FROM events").getInt(), 1);
}

TEST_F(Restore, BeginsANewEpoch) {
  const auto epoch = [this] { return store.read([](storage::Snapshot& s) { return s.event_log(); }).epoch; };
  const auto before = epoch();
  store.close();
  storage::restore(backup, store.path());
  store.open();
  EXPECT_NE(epoch(), before);
}

TEST_F(Restore, MakesADatabaseWhereThereWasNone) {
  const auto fresh = folder.path() / "fresh.db";
  EXPECT_EQ(storage::restore(backup, fresh), "");
  EXPECT_EQ(SQLite::Database(fresh.string()).execAndGet("SELECT count(*) FROM events").getInt(), 1);
}

TEST_F(Restore, WaitsForNobodyWhoHasTheDatabase) {
  EXPECT_THAT(refusal(backup), HasSubstr("is in use by the process with id"));
  EXPECT_THAT(refusal(backup), HasSubstr("while the daemon is stopped"));
  EXPECT_EQ(last(), 3);
}

TEST_F(Restore, RefusesWhatIsNoSoundDatabaseOfOurs) {
  store.close();
  const auto text = folder.path() / "text", theirs = folder.path() / "theirs.db", newer = folder.path() / "newer.db",
             torn = folder.path() / "torn.db", empty = folder.path() / "empty";
  std::ofstream(text) << std::string(5000, 'x');
  std::ofstream(empty).flush();
  SQLite::Database(theirs.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE theirs (x)");
  std::filesystem::copy_file(backup, newer);
  SQLite::Database(newer.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  std::filesystem::copy_file(backup, torn);
  std::filesystem::resize_file(torn, std::filesystem::file_size(torn) / 2);
  EXPECT_THAT(refusal(text), HasSubstr("is no database"));
  EXPECT_THAT(refusal(empty), HasSubstr("holds no nopassd database"));
  EXPECT_THAT(refusal(theirs), HasSubstr("another program"));
  EXPECT_THAT(refusal(newer), HasSubstr("schema version 99"));
  EXPECT_THAT(refusal(torn), HasSubstr("take another backup"));
  EXPECT_THAT(refusal(folder.path() / "missing"), HasSubstr("No such file"));
  expect_untouched();
}

TEST_F(Restore, RefusesADatabaseInUse) {
  store.close();
  const auto busy = folder.path() / "busy.db";
  std::filesystem::copy_file(backup, busy);
  std::ofstream(busy.string() + "-wal") << "log";
  EXPECT_THAT(refusal(busy), HasSubstr("is a database in use"));
  expect_untouched();
}

}  // namespace
}  // namespace nopassd::testing
