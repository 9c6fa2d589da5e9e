#include "daemon/event_hub.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace nopassd::daemon {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;
using std::chrono::steady_clock;

storage::CommitNotice notice_of(std::string type, std::string subject) {
  storage::CommitNotice notice;
  notice.events.push_back({1, std::move(type), std::move(subject)});
  return notice;
}

storage::CommitNotice live_notice(std::string type, std::string subject) {
  storage::CommitNotice notice;
  notice.live.push_back({std::move(type), std::move(subject), {}});
  return notice;
}

asio::awaitable<bool> wait_on(handlers::Subscription& subscription, steady_clock::duration time) {
  co_return co_await subscription.wait(steady_clock::now() + time);
}

/// Runs one wait to its end while `meanwhile` happens on another thread.
template <class Meanwhile>
bool waiting(handlers::Subscription& subscription, steady_clock::duration time, Meanwhile meanwhile) {
  asio::io_context context;
  auto result = asio::co_spawn(context, wait_on(subscription, time), asio::use_future);
  std::jthread other;
  asio::post(context, [&]() { other = std::jthread(meanwhile); });
  context.run();
  return result.get();
}

TEST(EventHub, WakesAWaiterAfterACommit) {
  EventHub hub;
  const auto subscription = hub.subscribe({});
  EXPECT_TRUE(waiting(*subscription, seconds(20), [&]() { hub.committed(notice_of("session.started", "session/1")); }));
}

TEST(EventHub, LosesNoWakeUpBetweenSubscribingAndWaiting) {
  EventHub hub;
  const auto subscription = hub.subscribe({});
  hub.committed(notice_of("session.started", "session/1"));
  EXPECT_TRUE(waiting(*subscription, seconds(20), []() {}));
}

TEST(EventHub, TellsOfACommitOnce) {
  EventHub hub;
  const auto subscription = hub.subscribe({});
  hub.committed(notice_of("session.started", "session/1"));
  EXPECT_TRUE(waiting(*subscription, seconds(20), []() {}));
  EXPECT_FALSE(waiting(*subscription, std::chrono::milliseconds(1), []() {}));
}

TEST(EventHub, WakesOnlyForTheTypesOfInterest) {
  EventHub hub;
  handlers::Interest interest;
  interest.types = {"session.authorized"};
  const auto subscription = hub.subscribe(interest);
  hub.committed(notice_of("session.started", "session/1"));
  EXPECT_FALSE(waiting(*subscription, std::chrono::milliseconds(1), []() {}));
  hub.committed(notice_of("session.authorized", "session/1"));
  EXPECT_TRUE(waiting(*subscription, seconds(20), []() {}));
}

TEST(EventHub, WakesOnlyForTheSubjectOfInterest) {
  EventHub hub;
  handlers::Interest interest;
  interest.subject = "session/2";
  const auto subscription = hub.subscribe(interest);
  hub.committed(notice_of("session.started", "session/1"));
  EXPECT_FALSE(waiting(*subscription, std::chrono::milliseconds(1), []() {}));
  hub.committed(notice_of("session.started", "session/2"));
  EXPECT_TRUE(waiting(*subscription, seconds(20), []() {}));
}

TEST(EventHub, HandsLiveEventsToThoseWhoWantThem) {
  EventHub hub;
  handlers::Interest interest;
  interest.live = true;
  const auto live = hub.subscribe(interest);
  const auto durable_only = hub.subscribe({});
  hub.committed(live_notice("session.picture", "session/1"));
  EXPECT_TRUE(waiting(*live, seconds(20), []() {}));
  ASSERT_EQ(live->take_live().size(), 1U);
  EXPECT_TRUE(live->take_live().empty());
  EXPECT_FALSE(waiting(*durable_only, std::chrono::milliseconds(1), []() {}));
  EXPECT_TRUE(durable_only->take_live().empty());
}

TEST(EventHub, WakesAWaiterForTheSubjectOfALiveEvent) {
  EventHub hub;
  handlers::Interest interest;
  interest.subject = "question/1";
  const auto subscription = hub.subscribe(interest);
  hub.committed(live_notice("question.decided", "question/1"));
  EXPECT_TRUE(waiting(*subscription, seconds(20), []() {}));
}

TEST(EventHub, HoldsTheNewestLiveEventsOfASlowReader) {
  EventHub hub;
  handlers::Interest interest;
  interest.live = true;
  const auto slow = hub.subscribe(interest);
  for (int i = 0; i < 300; ++i) hub.committed(live_notice("session.picture", "session/" + std::to_string(i)));
  const auto held = slow->take_live();
  ASSERT_EQ(held.size(), 256U);
  EXPECT_EQ(held.back().subject, "session/299");
}

TEST(EventHub, EndsEveryWaitWhenTheDaemonStops) {
  EventHub hub;
  const auto before = hub.subscribe({});
  EXPECT_FALSE(waiting(*before, seconds(20), [&]() { hub.stop(); }));
  EXPECT_TRUE(before->stopping());
  const auto after = hub.subscribe({});
  EXPECT_FALSE(waiting(*after, seconds(20), []() {}));
}

TEST(EventHub, KnowsWhetherAnybodyAnswers) {
  EventHub hub;
  handlers::Interest interest;
  interest.answers = true;
  EXPECT_FALSE(hub.anybody_answers());
  {
    const auto answering = hub.subscribe(interest);
    EXPECT_TRUE(hub.anybody_answers());
  }
  EXPECT_TRUE(hub.anybody_answers()) << "one who was there within the last minute may come back";
}

TEST(EventHub, ServesManyWaitersWhileCommitsComeFromAnotherThread) {
  EventHub hub;
  asio::io_context context;
  constexpr int waiters = 50;
  std::atomic<int> woken = 0;
  std::vector<std::unique_ptr<handlers::Subscription>> subscriptions;
  for (int i = 0; i < waiters; ++i) {
    subscriptions.push_back(hub.subscribe({}));
    auto one = [](handlers::Subscription& mine, std::atomic<int>& count) -> asio::awaitable<void> {
      for (int round = 0; round < 20; ++round) {
        if (!co_await mine.wait(steady_clock::now() + seconds(20))) co_return;
      }
      ++count;
    };
    asio::co_spawn(context, one(*subscriptions.back(), woken), asio::detached);
  }
  std::atomic<bool> done = false;
  std::jthread writer([&]() {
    while (!done) hub.committed(notice_of("session.started", "session/1"));
  });
  context.run();
  done = true;
  EXPECT_EQ(woken, waiters);
}

}  // namespace
}  // namespace nopassd::daemon
