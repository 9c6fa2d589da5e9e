// Copies of a database in use: of one commit, sound, private, whole or not there at all.
#include "storage/sqlite/backup.hpp"

#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace nopassd::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Backup : public ::testing::Test {
 protected:
  std::uint64_t make(const std::string& name) { return back_up({store.path(), backups, name}, stop.get_token()); }
  /// Why there is none; the kind and the words.
  std::pair<BackupError::Kind, std::string> refusal(const std::string& name) {
    try {
      make(name);
    } catch (const BackupError& error) {
      return {error.kind(), error.what()};
    }
    ADD_FAILURE() << name << " was made";
    return {};
  }
  std::vector<std::string> files() {
    std::vector<std::string> names;
    if (!std::filesystem::exists(backups)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(backups)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  void append(int count) {
    for (int i = 0; i < count; ++i) {
      store.transact([](Transaction& t) { return t.append(portal_event("challenged", "192.0.2.1")), 0; });
    }
  }
  /// A daemon's store on a copy of that backup.
  std::unique_ptr<Store> restored(const std::string& name, const std::string& as) {
    SqliteOptions options;
    options.path = folder.path() / as;
    std::filesystem::copy_file(backups / name, options.path);
    return open_sqlite(options);
  }
  EventLog log_of(Store& of) {
    auto work = [](Snapshot& s) { return s.event_log(); };
    return run_on(reads, of.read(work)).value();
  }

  TemporaryFolder folder;
  std::filesystem::path backups = folder.path() / "backups";
  boost::asio::io_context reads, writes;  // outlive the stores, whose threads post there
  TemporaryStore store;
  std::stop_source stop;
};

TEST_F(Backup, HoldsWhatWasCommittedAndLeavesNothingElse) {
  store.transact([](Transaction& t) { return t.add_session(sample_session()), 0; });
  append(3);
  const auto bytes = make("a.db");
  EXPECT_THAT(files(), ElementsAre("a.db"));
  EXPECT_EQ(bytes, std::filesystem::file_size(backups / "a.db"));
  const auto copy = restored("a.db", "restored.db");
  auto work = [](Snapshot& s) { return s.session(sample_session().id); };
  const auto session = run_on(reads, copy->read(work)).value();
  EXPECT_EQ(session, sample_session());
  EXPECT_EQ(log_of(*copy).last, 3);
}

TEST_F(Backup, BeginsANewEpochEachTimeItIsRestored) {
  append(2);
  make("a.db");
  const auto first = restored("a.db", "first.db");
  const auto second = restored("a.db", "second.db");
  const auto original = store.read([](Snapshot& s) { return s.event_log(); });
  EXPECT_NE(log_of(*first).epoch, original.epoch);
  EXPECT_NE(log_of(*second).epoch, original.epoch);
  EXPECT_NE(log_of(*first).epoch, log_of(*second).epoch) << "they go on with different events under the same numbers";
  EXPECT_EQ(log_of(*first).last, original.last);
  EXPECT_EQ(first->digest(SecretKind::ticket, "text"), store->digest(SecretKind::ticket, "text")) << "but tickets hold";
}

TEST_F(Backup, KeepsTheNumbersOfEventsThatWereSwept) {
  append(3);
  store.transact([](Transaction& t) { return t.remove_events(t.now() + Milliseconds(1), 0, 10); });
  make("a.db");
  const auto log = log_of(*restored("a.db", "restored.db"));
  EXPECT_EQ(log.last, 3);
  EXPECT_EQ(log.swept, 3);
}

TEST_F(Backup, IsOfOneCommitWhileOthersGoOn) {
  std::atomic<bool> done = false;
  // Every transaction writes two events, so an odd number is half a transaction.
  const std::jthread writing([&] {
    while (!done) {
      auto work = [](Transaction& t) {
        t.append(portal_event("challenged", "192.0.2.1"));
        t.append(portal_event("challenged", "192.0.2.2"));
        return 0;
      };
      EXPECT_TRUE(run_on(writes, store->transact(work)).has_value());
    }
  });
  std::int64_t before = 0;
  for (int i = 0; i < 5; ++i) {
    const auto name = fmt::format("{}.db", i);
    make(name);
    const auto last = log_of(*restored(name, "restored-" + name)).last;
    EXPECT_EQ(last % 2, 0);
    EXPECT_GE(last, before);
    before = last;
  }
  done = true;
}

TEST_F(Backup, IsPrivateWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{0022}, mode_t{0277}}) {
    const mode_t before = ::umask(mask);
    const auto name = fmt::format("{:o}.db", mask);
    make(name);
    ::umask(before);
    EXPECT_EQ(mode_of(backups / name), 0600U) << name;
  }
  EXPECT_EQ(mode_of(backups), 0700U) << "the folder, made for the first one";
}

TEST_F(Backup, NeverReplacesAFile) {
  make("a.db");
  std::filesystem::create_symlink("nowhere", backups / "link");
  std::filesystem::create_directory(backups / "folder");
  for (const char* name : {"a.db", "link", "folder"}) {
    const auto [kind, what] = refusal(name);
    EXPECT_EQ(kind, BackupError::Kind::exists) << name;
    EXPECT_THAT(what, HasSubstr(name));
  }
  EXPECT_THAT(files(), ElementsAre("a.db", "folder", "link"));
}

/// The name under which a copy is written, which is the same for each backup of this database.
class DraftName {
 public:
  explicit DraftName(const std::filesystem::path& folder) : file_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    ::inotify_add_watch(file_, folder.c_str(), IN_CREATE);
  }
  ~DraftName() { ::close(file_); }
  /// The first file that was made since.
  std::string read() const {
    alignas(inotify_event) std::array<char, 4096> buffer{};
    if (::read(file_, buffer.data(), buffer.size()) <= 0) return {};
    return buffer.data() + sizeof(inotify_event);  // NOLINT: the name follows the event
  }

 private:
  int file_;
};

TEST_F(Backup, RemovesWhatACrashHasLeft) {
  make("a.db");
  const DraftName seen(backups);
  make("b.db");
  const std::string draft = seen.read();
  ASSERT_TRUE(draft.starts_with(".nopassd-")) << draft;
  std::ofstream(backups / draft) << "half a database";
  std::ofstream(backups / (draft + "-journal")) << "and its journal";
  make("c.db");
  EXPECT_THAT(files(), ElementsAre("a.db", "b.db", "c.db"));
}

TEST_F(Backup, EndsWithTheDaemonAndLeavesNothing) {
  stop.request_stop();
  const auto [kind, what] = refusal("a.db");
  EXPECT_EQ(kind, BackupError::Kind::unwritable);
  EXPECT_THAT(what, HasSubstr("stopping"));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Backup, LeavesNothingWhenTheDiskIsFull) {
  append(500);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit tight{65536, limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  const auto [kind, what] = refusal("a.db");
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  EXPECT_EQ(kind, BackupError::Kind::unwritable);
  EXPECT_THAT(what, HasSubstr("the copy failed"));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Backup, SaysWhatToDoWhereItCannotBeWritten) {
  backups = folder.path() / "missing" / "backups";
  EXPECT_THAT(refusal("a.db").second, HasSubstr("storage.backup_directory"));
  std::ofstream(folder.path() / "file");
  backups = folder.path() / "file";
  const auto [kind, what] = refusal("a.db");
  EXPECT_EQ(kind, BackupError::Kind::unwritable);
  EXPECT_THAT(what, HasSubstr(backups.string()));
}

TEST_F(Backup, DoesNotMakeADatabaseWhereThereIsNone) {
  store.close();
  std::filesystem::remove(store.path());
  EXPECT_EQ(refusal("a.db").first, BackupError::Kind::unwritable);
  EXPECT_FALSE(std::filesystem::exists(store.path()));
  EXPECT_THAT(files(), IsEmpty());
}

class SoundDatabase : public Backup {
 protected:
  Soundness look(std::chrono::seconds patience = std::chrono::seconds(60)) {
    return check_soundness(store.path(), std::chrono::steady_clock::now() + patience, stop.get_token());
  }
};

TEST_F(SoundDatabase, HasNoFaults) {
  append(10);
  const auto found = look();
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.faults, IsEmpty());
}

TEST_F(SoundDatabase, IsToldFromADamagedOne) {
  append(2000);
  store.close();
  const auto size = std::filesystem::file_size(store.path());
  std::fstream file(store.path(), std::ios::in | std::ios::out | std::ios::binary);
  for (auto page = size / 2 / 4096; page < size / 4096; ++page) {
    file.seekp(static_cast<std::streamoff>(page * 4096));
    file << std::string(64, '\xff');
  }
  file.close();
  const auto found = look();
  EXPECT_FALSE(found.faults.empty());
  EXPECT_LE(found.faults.size(), 10U);
}

}  // namespace
}  // namespace nopassd::testing
