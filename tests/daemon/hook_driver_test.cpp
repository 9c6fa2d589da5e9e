#include "daemon/hook_driver.hpp"

#include "daemon/event_hub.hpp"
#include "handlers/site/hook_state.hpp"
#include "handlers/site/quotas.hpp"
#include "handlers/site/readers.hpp"
#include "handlers/site/storage_check.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <thread>

namespace nopassd::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using handlers::HookReply;
using handlers::HookRequest;
using ::testing::ElementsAre;

/// Answers by URL; nothing for an URL: 204. A held one answers when it is let go.
class Sites : public handlers::HookCaller {
 public:
  asio::awaitable<HookReply> post(HookRequest request) override {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    note(request);
    while (is_held(request.url)) {
      timer.expires_after(5ms);
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return answer(request.url);
  }
  std::string objection(const std::string&) const override { return {}; }

  void set(const std::string& url, unsigned status, std::string body = "") {
    const std::lock_guard lock(mutex_);
    answers_[url] = {status, std::move(body), status == 0 ? "gone" : "", {}};
  }
  void hold(const std::string& url, bool held) {
    const std::lock_guard lock(mutex_);
    held_[url] = held;
  }
  std::vector<std::string> bodies(const std::string& url) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& request : sent_) {
      if (request.url == url) found.push_back(request.body);
    }
    return found;
  }
  /// Waits until so many calls of this URL have begun.
  bool wait_for(const std::string& url, std::size_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    std::unique_lock lock(mutex_);
    const auto enough = [&] {
      return static_cast<std::size_t>(std::count_if(sent_.begin(), sent_.end(),
                                                    [&](const auto& request) { return request.url == url; })) >= count;
    };
    return moved_.wait_until(lock, deadline, enough);
  }

 private:
  void note(const HookRequest& request) {
    const std::lock_guard lock(mutex_);
    sent_.push_back(request);
    moved_.notify_all();
  }
  bool is_held(const std::string& url) const {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(url);
    return found != held_.end() && found->second;
  }
  HookReply answer(const std::string& url) const {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(url);
    return found == answers_.end() ? HookReply{204, "", "", {}} : found->second;
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::vector<HookRequest> sent_;
  std::map<std::string, HookReply> answers_;
  std::map<std::string, bool> held_;
};

/// A driver with two event loops, a real store and the real hub.
class HookDrivers : public ::testing::Test {
 protected:
  ~HookDrivers() override {
    hub_.stop();
    wait_until([this] { return driver_.busy() == 0; });
    pool_.stop();
    if (thread_.joinable()) thread_.join();
    store_.reset();
  }

  std::unique_ptr<storage::Store> open() {
    storage::SqliteOptions options;
    options.path = folder_.path() / "nopassd.db";
    options.on_commit = [this](const storage::CommitNotice& notice) {
      if (told_) driver_.committed(notice);
      hub_.committed(notice);
    };
    return storage::open_sqlite(std::move(options));
  }
  void start() {
    asio::co_spawn(pool_.first(), driver_.run(), asio::detached);
    thread_ = std::thread([this] { pool_.run(); });
  }

  template <class Predicate>
  void wait_until(Predicate done) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "this never came about";
      std::this_thread::sleep_for(2ms);
    }
  }
  template <class Work>
  auto transact(Work work) {
    return asio::co_spawn(threads_, store_->transact(std::move(work)), asio::use_future).get().value();
  }

  void put(const std::string& name, bool answers = false, bool paused = false) {
    transact([=](storage::Transaction& transaction) {
      storage::Hook hook;
      hook.name = name;
      hook.url = "http://" + name;
      hook.answers = answers;
      hook.paused = paused;
      hook.created_at = transaction.now();
      if (transaction.hook(name)) {
        transaction.update_hook(hook);
      } else {
        transaction.add_hook(hook);
        storage::Consumer consumer;
        consumer.name = storage::hook_consumer(name);
        consumer.owner = storage::hook_owner;
        consumer.acknowledged = transaction.event_log().last;
        consumer.last_seen = transaction.now();
        transaction.add_consumer(consumer);
      }
      handlers::site::announce_hook(transaction, name, answers && !paused);
      return true;
    });
  }
  void remove(const std::string& name) {
    transact([name](storage::Transaction& transaction) {
      transaction.remove_hook(name);
      transaction.remove_consumer(storage::hook_consumer(name));
      handlers::site::announce_hook(transaction, name, false);
      return true;
    });
  }
  void append(int count) {
    transact([count](storage::Transaction& transaction) {
      for (int i = 0; i < count; ++i) transaction.append({"portal.challenged", "portal", {{"i", i}}});
      return true;
    });
  }
  static std::shared_ptr<const InForce> configured() {
    auto in_force = std::make_shared<InForce>();
    in_force->config.retention.events = std::chrono::hours(24);
    in_force->config.handlers.hook_targets = {"http://new", "http://old", "http://oracle", "http://shop",
                                              "http://slow"};
    return in_force;
  }
  std::string ask() {
    return transact([](storage::Transaction& transaction) {
      storage::Question question;
      question.id = transaction.new_id();
      question.key = storage::sha256(question.id);
      question.asked_at = transaction.now();
      question.deadline = transaction.now() + storage::Milliseconds(60'000);
      transaction.add_question(question);
      storage::LiveEvent event{"question.asked", "question/" + question.id, {}};
      event.data["questionId"] = question.id;
      transaction.announce(std::move(event));
      return question.id;
    });
  }
  bool is_answered(const std::string& id) {
    return transact([id](storage::Transaction& transaction) {
      return transaction.question(id)->state == storage::QuestionState::answered;
    });
  }
  testing::TemporaryFolder folder_;
  EventHub hub_;
  handlers::Settings settings_;
  const storage::Random random_ = storage::system_random();
  handlers::Metrics metrics_;
  Sites sites_;
  handlers::site::Readers readers_;
  handlers::site::Quotas quotas_{1};
  handlers::site::StorageCheck storage_check_;
  Log log_{LogLevel::error, false};
  std::atomic<bool> told_ = true;
  std::unique_ptr<storage::Store> store_ = open();
  const handlers::site::Services services_{*store_, hub_,           settings_, random_, readers_,
                                           quotas_, storage_check_, metrics_,  &sites_};
  IoPool pool_{2, [](std::string_view why) { ADD_FAILURE() << why; }};
  ConfigHolder in_force_{configured()};
  HookDriver driver_{services_, in_force_, pool_, log_};
  asio::thread_pool threads_{1};
  std::thread thread_;
};

TEST_F(HookDrivers, DriveHooksThatWereThereAndThoseThatAreMade) {
  put("old");
  append(1);
  start();
  EXPECT_TRUE(sites_.wait_for("http://old", 1));
  put("new");
  append(1);
  EXPECT_TRUE(sites_.wait_for("http://old", 2));
  EXPECT_TRUE(sites_.wait_for("http://new", 1));
  wait_until([this] { return metrics_.hooks_delivered.value() == 3; });
  EXPECT_EQ(sites_.bodies("http://new").size(), 1U);
}

TEST_F(HookDrivers, DeliverInOrderOneAtATime) {
  put("shop");
  start();
  sites_.hold("http://shop", true);
  append(20);
  EXPECT_TRUE(sites_.wait_for("http://shop", 1));
  EXPECT_EQ(sites_.bodies("http://shop").size(), 1U);
  sites_.hold("http://shop", false);
  EXPECT_TRUE(sites_.wait_for("http://shop", 20));
  const auto bodies = sites_.bodies("http://shop");
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_THAT(bodies[i], ::testing::HasSubstr("\"data\":{\"i\":" + std::to_string(i) + "}"));
  }
}

TEST_F(HookDrivers, WaitForNoHookThatHangs) {
  put("slow");
  put("shop");
  start();
  sites_.hold("http://slow", true);
  append(3);
  EXPECT_TRUE(sites_.wait_for("http://slow", 1));
  EXPECT_TRUE(sites_.wait_for("http://shop", 3));
  sites_.hold("http://slow", false);
}

TEST_F(HookDrivers, TryAgainAtOnceAfterAPut) {
  put("shop");
  sites_.set("http://shop", 500);
  start();
  append(1);
  EXPECT_TRUE(sites_.wait_for("http://shop", 1));
  // Of the backoff of 2 s most is left.
  wait_until([this] { return metrics_.hooks_failed.value() == 1; });
  sites_.set("http://shop", 204);
  const auto began = std::chrono::steady_clock::now();
  while (metrics_.hooks_delivered.value() == 0 && std::chrono::steady_clock::now() < began + 20s) {
    put("shop");
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1500ms);
}

TEST_F(HookDrivers, DriveOneThatWasRemovedAndMadeAgain) {
  put("shop");
  start();
  for (std::size_t round = 1; round <= 10; ++round) {
    append(1);
    ASSERT_TRUE(sites_.wait_for("http://shop", round));
    wait_until([this, round] { return metrics_.hooks_delivered.value() == round; });
    remove("shop");
    put("shop");
  }
}

TEST_F(HookDrivers, SayAtOnceWhetherAnybodyAnswers) {
  put("oracle", true);
  EXPECT_TRUE(hub_.anybody_answers());
  put("second", true);
  put("oracle", true, true);
  EXPECT_TRUE(hub_.anybody_answers());
  remove("second");
  EXPECT_FALSE(hub_.anybody_answers());
  put("oracle", true);
  EXPECT_TRUE(hub_.anybody_answers());
  put("oracle", false);
  EXPECT_FALSE(hub_.anybody_answers());
}

TEST_F(HookDrivers, KnowAtTheStartThatSomebodyAnswers) {
  told_ = false;
  put("oracle", true);
  put("deaf");
  EXPECT_FALSE(hub_.anybody_answers());
  told_ = true;
  start();
  wait_until([this] { return hub_.anybody_answers(); });
}

TEST_F(HookDrivers, PutQuestionsBesideTheEvents) {
  put("oracle", true);
  start();
  sites_.hold("http://oracle", true);
  append(5);
  EXPECT_TRUE(sites_.wait_for("http://oracle", 1));
  sites_.set("http://oracle", 200, R"({"allow":true})");
  const std::vector<std::string> ids = {ask(), ask(), ask()};
  // All three beside the event that hangs.
  EXPECT_TRUE(sites_.wait_for("http://oracle", 4));
  sites_.hold("http://oracle", false);
  wait_until([&] { return is_answered(ids[0]) && is_answered(ids[1]) && is_answered(ids[2]); });
}

TEST_F(HookDrivers, PutNoQuestionToAHookThatDoesNotAnswer) {
  put("shop");
  start();
  ask();
  append(1);
  EXPECT_TRUE(sites_.wait_for("http://shop", 1));
  EXPECT_THAT(sites_.bodies("http://shop"), ElementsAre(::testing::HasSubstr("portal.challenged")));
}

TEST_F(HookDrivers, EndWhenTheHubStops) {
  put("shop");
  put("paused", false, true);
  start();
  append(1);
  EXPECT_TRUE(sites_.wait_for("http://shop", 1));
  EXPECT_GT(driver_.busy(), 0);
  hub_.stop();
  wait_until([this] { return driver_.busy() == 0; });
}

}  // namespace
}  // namespace nopassd::daemon
