// Opening: who may have the file, which schemas are known, and what stays over a restart.
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <unistd.h>

namespace nopassd::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const SqliteOptions& options) {
  try {
    open_sqlite(options);
  } catch (const OpenError& error) {
    return error.what();
  }
  return "";
}

std::filesystem::path beside(std::filesystem::path path, const char* suffix) { return path += suffix; }

class OpenSqlite : public ::testing::Test {
 protected:
  OpenSqlite() { options.path = folder.path() / "nopassd.db"; }
  TemporaryFolder folder;
  SqliteOptions options;
};

TEST_F(OpenSqlite, RefusesASecondDaemonAndNamesTheFirst) {
  const auto first = open_sqlite(options);
  EXPECT_THAT(refusal(options), AllOf(HasSubstr(options.path.string()), HasSubstr("in use"),
                                      HasSubstr("process with id " + std::to_string(::getpid()))));
}

TEST_F(OpenSqlite, TakesADatabaseThatItsDaemonHasLeft) {
  open_sqlite(options).reset();
  EXPECT_EQ(refusal(options), "");
}

TEST_F(OpenSqlite, RefusesANewerSchemaAndSaysWhatToDo) {
  open_sqlite(options).reset();
  SQLite::Database(options.path.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  EXPECT_THAT(refusal(options),
              AllOf(HasSubstr("schema version 99"), HasSubstr("up to 4"), HasSubstr("newer"), HasSubstr("backup")));
  const SQLite::Database after(options.path.string());
  EXPECT_EQ(const_cast<SQLite::Database&>(after).execAndGet("PRAGMA user_version").getInt(), 99) << "and leaves it be";
}

TEST_F(OpenSqlite, RefusesWhatIsNoDatabase) {
  std::ofstream(options.path) << std::string(5000, 'x');
  EXPECT_THAT(refusal(options), HasSubstr("no database"));
}

TEST_F(OpenSqlite, RefusesADatabaseOfAnotherProgram) {
  SQLite::Database(options.path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE theirs (x)");
  EXPECT_THAT(refusal(options), HasSubstr("another program"));
}

TEST_F(OpenSqlite, RefusesAFolderThatIsNotThere) {
  options.path = folder.path() / "missing" / "nopassd.db";
  EXPECT_THAT(refusal(options), HasSubstr("No such file"));
}

TEST_F(OpenSqlite, RefusesALinkAndAFolder) {
  std::ofstream(folder.path() / "elsewhere");
  std::filesystem::create_symlink(folder.path() / "elsewhere", options.path);
  EXPECT_THAT(refusal(options), HasSubstr("symbolic link"));
  options.path = folder.path() / "folder";
  std::filesystem::create_directory(options.path);
  EXPECT_NE(refusal(options), "");
}

TEST_F(OpenSqlite, MarksTheFileAsItsOwn) {
  open_sqlite(options).reset();
  SQLite::Database database(options.path.string());
  EXPECT_EQ(database.execAndGet("PRAGMA application_id").getInt(), 0x6e6f7061);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 4);
  EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "wal");
}

TEST_F(OpenSqlite, LetsNobodyElseReadItsFilesWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{0022}, mode_t{0777}}) {
    const mode_t before = ::umask(mask);
    const auto name = fmt::format("umask-{:o}.db", mask);
    options.path = folder.path() / name;
    boost::asio::io_context io;
    const auto store = open_sqlite(options);
    auto work = [](Transaction& t) { return t.save_portal(sample_portal()), 0; };
    EXPECT_TRUE(run_on(io, store->transact(work)).has_value());
    ::umask(before);
    EXPECT_EQ(mode_of(options.path), 0600U) << name;
    EXPECT_EQ(mode_of(beside(options.path, "-wal")), 0600U) << name;
    EXPECT_EQ(mode_of(beside(options.path, "-shm")), 0600U) << name;
    EXPECT_EQ(mode_of(beside(options.path, ".lock")), 0600U) << name;
  }
}

TEST_F(OpenSqlite, NarrowsAModeThatIsTooWide) {
  open_sqlite(options).reset();
  ::chmod(options.path.c_str(), 0666);
  ::chmod(beside(options.path, ".lock").c_str(), 0666);
  const auto store = open_sqlite(options);
  EXPECT_EQ(mode_of(options.path), 0600U);
  EXPECT_EQ(mode_of(beside(options.path, "-wal")), 0600U);
  EXPECT_EQ(mode_of(beside(options.path, ".lock")), 0600U);
}

TEST(Reopening, KeepsEpochKeyAndSequence) {
  TemporaryStore store;
  const auto log = [&store] { return store.read([](Snapshot& s) { return s.event_log(); }); };
  const auto append = [&store] {
    store.transact([](Transaction& t) { return t.append(portal_event("challenged", "192.0.2.1")), 0; });
  };
  append();
  const EventLog before = log();
  const Digest digest = store->digest(SecretKind::ticket, "text");
  EXPECT_GE(before.epoch.size(), 8U);
  EXPECT_EQ(before.epoch.find_first_not_of("0123456789abcdef"), std::string::npos);
  store.reopen();
  EXPECT_EQ(log().epoch, before.epoch);
  EXPECT_EQ(log().last, 1);
  EXPECT_EQ(store->digest(SecretKind::ticket, "text"), digest);
  append();
  EXPECT_EQ(log().last, 2);
  TemporaryStore other;
  EXPECT_NE(other.read([](Snapshot& s) { return s.event_log(); }).epoch, before.epoch);
  EXPECT_NE(other->digest(SecretKind::ticket, "text"), digest);
}

}  // namespace
}  // namespace nopassd::testing
