// The writer: group commit, isolation of its pieces, and what the hub is told.
#include "tests/storage/gate.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class GroupCommit : public ::testing::Test {
 protected:
  using Work = std::function<result<int>(Transaction&)>;

  /// Runs all of them as one batch behind a gate, and returns their results in order.
  std::vector<result<result<int>>> together(std::vector<Work> works, std::vector<Commit> commits = {}) {
    commits.resize(works.size(), Commit::grouped);
    std::vector<result<result<int>>> outcomes(works.size());
    std::size_t done = 0;
    Gate gate;
    auto hold = [&gate](Transaction&) {
      gate.wait();
      return 0;
    };
    boost::asio::co_spawn(store.io, store->transact(hold), boost::asio::detached);
    store.io.restart();
    store.io.poll();
    gate.wait_until_reached();
    for (std::size_t i = 0; i < works.size(); ++i) {
      boost::asio::co_spawn(store.io, store->transact(works[i], commits[i]),
                            [&outcomes, &done, &order = completed, i](std::exception_ptr, result<result<int>> outcome) {
                              outcomes[i] = outcome;
                              order.push_back(i);
                              ++done;
                            });
    }
    store.io.poll();  // every one is queued now
    gate.open();
    while (done < works.size()) store.io.run_one();
    return outcomes;
  }

  static Work add_user(int number) {
    return [number](Transaction& t) -> result<int> {
      const User user = sample_user(number);
      t.add_user(user);
      t.append(user_event("added", user));
      return number;
    };
  }
  std::vector<std::string> logged() {
    std::vector<std::string> subjects;
    for (const Event& event : store.read([](Snapshot& s) { return s.events_after({}); }).events) {
      subjects.push_back(event.subject);
    }
    return subjects;
  }
  bool has_user(int number) {
    return store.read([number](Snapshot& s) { return s.user(sample_user(number).id); }).has_value();
  }
  static std::string subject(int number) { return "user/" + sample_user(number).id; }

  TemporaryStore store;
  std::vector<std::size_t> completed;
};

TEST_F(GroupCommit, TellsOfAWholeBatchInOneNoticeInOrder) {
  const auto outcomes = together({add_user(1), add_user(2), add_user(3)});
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome.has_value() && outcome->has_value());
  const std::vector<CommitNotice> notices = store.take_notices();
  ASSERT_EQ(notices.size(), 1U) << "one commit for all three";
  ASSERT_EQ(notices[0].events.size(), 3U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(notices[0].events[static_cast<std::size_t>(i)].sequence, i + 1);
    EXPECT_EQ(notices[0].events[static_cast<std::size_t>(i)].type, "user.added");
    EXPECT_EQ(notices[0].events[static_cast<std::size_t>(i)].subject, subject(i + 1));
  }
  EXPECT_THAT(logged(), ElementsAre(subject(1), subject(2), subject(3)));
}

TEST_F(GroupCommit, RollsBackOnlyThePieceThatReturnsAnError) {
  const Work refusing = [](Transaction& t) -> result<int> {
    t.add_user(sample_user(2));
    t.append(user_event("added", sample_user(2)));
    LiveEvent live{"session.picture", "session/x", {}};
    t.announce(live);
    return boost::system::errc::make_error_code(boost::system::errc::permission_denied);
  };
  const auto outcomes = together({add_user(1), refusing, add_user(3)});
  EXPECT_TRUE(outcomes[0]->has_value());
  ASSERT_TRUE(outcomes[1].has_value()) << "its error is the work's own, not the store's";
  EXPECT_EQ(outcomes[1]->error(), boost::system::errc::permission_denied);
  EXPECT_TRUE(outcomes[2]->has_value());
  EXPECT_TRUE(has_user(1));
  EXPECT_FALSE(has_user(2));
  EXPECT_TRUE(has_user(3));
  EXPECT_THAT(logged(), ElementsAre(subject(1), subject(3)));
  const std::vector<CommitNotice> notices = store.take_notices();
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].events.size(), 2U) << "nothing is told of what was rolled back";
  EXPECT_THAT(notices[0].live, IsEmpty());
}

TEST_F(GroupCommit, RollsBackOnlyThePieceThatThrows) {
  const Work broken = [](Transaction& t) -> result<int> {
    t.add_user(sample_user(2));
    throw std::logic_error("a fault");
  };
  const Work duplicate = [](Transaction& t) -> result<int> {
    t.append(user_event("added", sample_user(4)));
    t.add_user(sample_user(1));
    return 0;
  };
  const auto outcomes = together({add_user(1), broken, duplicate, add_user(3)});
  EXPECT_TRUE(outcomes[0].has_value());
  EXPECT_EQ(outcomes[1].error(), error_code(errc::defect));
  EXPECT_EQ(outcomes[2].error(), error_code(errc::defect));
  EXPECT_TRUE(outcomes[3].has_value());
  EXPECT_FALSE(has_user(2));
  EXPECT_THAT(logged(), ElementsAre(subject(1), subject(3)));
  const auto troubles = store.take_troubles();
  ASSERT_EQ(troubles.size(), 2U);
  EXPECT_FALSE(troubles[0].first) << "commits work all the same";
  EXPECT_THAT(troubles[0].second, ::testing::HasSubstr("a fault"));
}

TEST_F(GroupCommit, RollsBackASinglePieceAsWell) {
  auto refusing = [](Transaction& t) -> result<int> {
    t.add_user(sample_user(1));
    t.append(user_event("added", sample_user(1)));
    return boost::system::errc::make_error_code(boost::system::errc::permission_denied);
  };
  const auto outcome = store.run(store->transact(std::move(refusing)));
  EXPECT_TRUE(outcome->has_error());
  EXPECT_FALSE(has_user(1));
  EXPECT_THAT(logged(), IsEmpty());
  EXPECT_THAT(store.take_notices(), IsEmpty());
}

TEST_F(GroupCommit, GivesALaterPieceWhatAnEarlierOneWrote) {
  const Work sees = [](Transaction& t) -> result<int> { return t.user(sample_user(1).id) ? 1 : 0; };
  const auto outcomes = together({add_user(1), sees});
  EXPECT_EQ(outcomes[1]->value(), 1);
}

TEST_F(GroupCommit, ForgetsAPortalThatWasRolledBack) {
  const Work refusing = [](Transaction& t) -> result<int> {
    t.save_portal(sample_portal());
    return boost::system::errc::make_error_code(boost::system::errc::permission_denied);
  };
  const Work sees = [](Transaction& t) -> result<int> { return t.portal().state == PortalState::unregistered ? 1 : 0; };
  const auto outcomes = together({refusing, sees});
  EXPECT_EQ(outcomes[1]->value(), 1);
  EXPECT_EQ(*store->portal_view(), Portal{});
}

TEST_F(GroupCommit, CommitsALargePieceAloneAndInItsTurn) {
  const auto outcomes = together({add_user(1), add_user(2), add_user(3)}, {Commit::grouped, Commit::alone});
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome->has_value());
  const std::vector<CommitNotice> notices = store.take_notices();
  ASSERT_EQ(notices.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(notices[i].events.size(), 1U);
  EXPECT_THAT(logged(), ElementsAre(subject(1), subject(2), subject(3)));
  EXPECT_THAT(completed, ElementsAre(0U, 1U, 2U));
}

TEST_F(GroupCommit, TellsTheHubBeforeTheCallerAndAfterTheCommit) {
  std::vector<std::string> order;
  SqliteOptions options = store.options();
  Store* opened = nullptr;
  options.on_commit = [&order, &opened](const CommitNotice& notice) {
    order.push_back(notice.events.empty() ? "live" : "told");
    EXPECT_EQ(opened->portal_view()->portal_id, "portal id") << "the view is of this commit already";
  };
  store.close();
  const std::unique_ptr<Store> another = open_sqlite(options);
  opened = another.get();
  auto work = [](Transaction& t) {
    t.save_portal(sample_portal());
    t.append(portal_event("registered", "192.0.2.1"));
    return 0;
  };
  store.run(another->transact(work)).value();
  order.push_back("resumed");
  EXPECT_THAT(order, ElementsAre("told", "resumed"));
}

TEST_F(GroupCommit, TellsLiveEventsAndKeepsNone) {
  store.transact([](Transaction& t) {
    LiveEvent live{"session.picture", "session/x", {{"pictureVersion", 3}}};
    t.announce(std::move(live));
    return 0;
  });
  const std::vector<CommitNotice> notices = store.take_notices();
  ASSERT_EQ(notices.size(), 1U);
  ASSERT_EQ(notices[0].live.size(), 1U);
  EXPECT_EQ(notices[0].live[0].type, "session.picture");
  EXPECT_EQ(notices[0].live[0].data.at("pictureVersion"), 3);
  EXPECT_THAT(logged(), IsEmpty());
  store.transact([](Transaction& t) { return t.save_portal(Portal{}), 0; });
  EXPECT_THAT(store.take_notices(), IsEmpty()) << "a commit with nothing to tell is not told";
}

}  // namespace
}  // namespace nopassd::testing
