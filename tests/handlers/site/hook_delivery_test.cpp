#include "handlers/site/hook_message.hpp"
#include "storage/sweep.hpp"
#include "tests/handlers/site/hook_fixture.hpp"

namespace nopassd::testing {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = site::HookTurn::Kind;
using std::chrono::hours;
using storage::Milliseconds;

class HookDeliveries : public HookTest {};

TEST_F(HookDeliveries, BringOneEventAfterTheOther) {
  EXPECT_EQ(turn().kind, Kind::idle);
  append_events(2);
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(turn().kind, Kind::idle);
  const auto events = body_of(get("/v1/events")).at("data").as_array();
  ASSERT_EQ(hook_caller.sent.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(json::parse(hook_caller.sent[i].body), events[i]);
    EXPECT_EQ(hook_caller.header(i, "webhook-id"), text_of(events[i].as_object(), "id"));
    EXPECT_EQ(hook_caller.header(i, "webhook-timestamp"), "1767225600");
    EXPECT_EQ(hook_caller.header(i, "webhook-signature"),
              site::hook_signature(hook().secret, hook_caller.header(i, "webhook-id"), "1767225600",
                                   hook_caller.sent[i].body));
  }
  EXPECT_EQ(hook().last_delivered_at, clock.now());
  EXPECT_EQ(metrics.hooks_delivered.value(), 2U);
}

TEST_F(HookDeliveries, HoldNothingBackForEventsOfOtherTypes) {
  make_hook(R"(,"types":["nopass.portal.registered"])");
  append_events(3);
  append_events(1, "portal.registered");
  append_events(4);
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(turn().types, std::vector<std::string>{"portal.registered"});
  ASSERT_EQ(hook_caller.sent.size(), 1U);
  EXPECT_EQ(consumer().acknowledged, 8);
}

TEST_F(HookDeliveries, MoveAnIdleHookOnNowAndThen) {
  make_hook(R"(,"types":["nopass.portal.registered"])");
  append_events(3);
  EXPECT_EQ(turn().kind, Kind::idle);
  EXPECT_EQ(consumer().acknowledged, 0);
  clock.advance(Milliseconds(60'000));
  EXPECT_EQ(turn().kind, Kind::idle);
  EXPECT_EQ(consumer().acknowledged, 3);
  EXPECT_EQ(consumer().last_seen, clock.now());
}

TEST_F(HookDeliveries, TryAnEventUntilItIsTaken) {
  append_events(2);
  hook_caller.answer(500);
  const auto failed = turn();
  EXPECT_EQ(failed.kind, Kind::failed);
  EXPECT_EQ(failed.detail, "answered 500");
  EXPECT_EQ(hook().failures, 1);
  EXPECT_EQ(hook().last_error, (storage::HookError{clock.now(), 500, "answered 500"}));
  hook_caller.answer(302);
  EXPECT_EQ(turn().kind, Kind::failed);
  hook_caller.answer(0, "", "no answer within 10 s");
  EXPECT_EQ(turn().kind, Kind::failed);
  EXPECT_EQ(hook().last_error->detail, "no answer within 10 s");
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(hook().failures, 0);
  for (const auto& request : hook_caller.sent) EXPECT_EQ(request.body, hook_caller.sent[0].body);
  EXPECT_EQ(metrics.hooks_failed.value(), 3U);
}

TEST_F(HookDeliveries, RaiseFailingWithTheThirdFailureAndRecoveredOnce) {
  append_events(1);
  for (int i = 0; i < 5; ++i) hook_caller.answer(503);
  const std::vector<std::size_t> raised = {0, 0, 1, 1, 1};
  for (const std::size_t count : raised) {
    turn();
    EXPECT_EQ(logged().size(), 1 + count);
  }
  turn();
  EXPECT_THAT(logged(), ElementsAre("nopass.portal.challenged", "nopass.hook.failing", "nopass.hook.recovered"));
  while (turn().kind == Kind::again) {
  }
  EXPECT_EQ(logged().size(), 3U);
  EXPECT_EQ(hook_caller.sent.size(), 6U) << "of its own failing and recovery the hook hears nothing";
  const auto event = body_of(get("/v1/events")).at("data").as_array().back().as_object();
  EXPECT_EQ(text_of(event, "type"), "nopass.hook.recovered");
  EXPECT_EQ(text_of(event, "subject"), "hook/shop");
  EXPECT_EQ(event.at("data"), (json::object{{"name", "shop"}}));
}

TEST_F(HookDeliveries, OfShortTroubleRaiseNothing) {
  append_events(1);
  hook_caller.answer(503);
  hook_caller.answer(503);
  for (int i = 0; i < 3; ++i) turn();
  EXPECT_THAT(logged(), ElementsAre("nopass.portal.challenged"));
}

TEST_F(HookDeliveries, PauseAt410UntilTheNextPut) {
  append_events(1);
  hook_caller.answer(410);
  EXPECT_EQ(turn().kind, Kind::failed);
  EXPECT_TRUE(hook().paused);
  EXPECT_EQ(turn().kind, Kind::paused);
  EXPECT_EQ(hook_caller.sent.size(), 1U);
  EXPECT_THAT(logged(), ElementsAre("nopass.portal.challenged", "nopass.hook.failing"));
  make_hook();
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(hook_caller.sent[1].body, hook_caller.sent[0].body);
  EXPECT_THAT(logged(), ElementsAre("nopass.portal.challenged", "nopass.hook.failing", "nopass.hook.recovered"));
}

TEST_F(HookDeliveries, OfARemovedHookEnd) {
  append_events(1);
  hook_caller.meanwhile = [this] {
    transact([](storage::Transaction& transaction) {
      transaction.remove_hook("shop");
      transaction.remove_consumer("hook:shop");
      return true;
    });
  };
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(turn().kind, Kind::gone);
}

TEST_F(HookDeliveries, ToAnotherUrlDoNotCountForTheNewOne) {
  append_events(1);
  hook_caller.meanwhile = [this] {
    hook_caller.meanwhile = nullptr;
    transact([](storage::Transaction& transaction) {
      auto changed = transaction.hook("shop").value();
      changed.url = "https://shop.example/new";
      transaction.update_hook(changed);
      return true;
    });
  };
  hook_caller.answer(410);
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_FALSE(hook().paused);
  EXPECT_EQ(hook().failures, 0);
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(hook_caller.sent[1].url, "https://shop.example/new");
  EXPECT_EQ(hook_caller.sent[1].body, hook_caller.sent[0].body);
}

TEST_F(HookDeliveries, ThatTheDaemonGaveUpAreNoFailures) {
  append_events(1);
  hook_caller.answer(0);
  EXPECT_EQ(turn().kind, Kind::idle);
  EXPECT_EQ(hook().failures, 0);
  EXPECT_EQ(hook().last_error, std::nullopt);
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_EQ(hook_caller.sent[1].body, hook_caller.sent[0].body);
}

TEST_F(HookDeliveries, LoseNothingOfAHookThatIsDownForAWeek) {
  storage::Retention retention;
  retention.consumer_timeout = hours(24);
  retention.events = hours(1);
  retention.events_at_most = 1;
  const auto sweep = [&] {
    transact([retention](storage::Transaction& transaction) { return storage::sweep_step(transaction, retention); });
  };
  append_events(3);
  for (int half_day = 0; half_day < 14; ++half_day) {
    hook_caller.answer(500);
    EXPECT_EQ(turn().kind, Kind::failed);
    clock.advance(hours(12));
    sweep();
  }
  EXPECT_FALSE(consumer().retired);
  hook_caller.sent.clear();
  while (turn().kind == Kind::again) {
  }
  EXPECT_EQ(hook_caller.sent.size(), 3U);
}

TEST_F(HookDeliveries, OfAPausedHookAreKeptToo) {
  append_events(1);
  hook_caller.answer(410);
  turn();
  clock.advance(hours(24 * 7));
  EXPECT_EQ(turn().kind, Kind::paused);
  EXPECT_EQ(consumer().last_seen, clock.now());
}

TEST_F(HookDeliveries, AreGivenUpInTheEnd) {
  append_events(1);
  const auto begin = clock.now();
  clock.advance(hours(24 * 31));
  hook_caller.answer(500);
  EXPECT_EQ(turn().kind, Kind::failed);
  EXPECT_EQ(consumer().last_seen, begin);
  transact([](storage::Transaction& transaction) {
    storage::Retention retention;
    retention.consumer_timeout = hours(24 * 30);
    retention.events = hours(24 * 30);
    retention.events_at_most = 1000;
    return storage::sweep_step(transaction, retention);
  });
  EXPECT_EQ(turn().kind, Kind::paused);
  EXPECT_EQ(text_of(body_of(get("/v1/hooks/shop")), "state"), "paused");
}

TEST_F(HookDeliveries, AreSeenWhileThePauseIsLong) {
  append_events(1);
  hook_caller.answer(500);
  turn();
  clock.advance(Milliseconds(60'000));
  site::HookDelivery delivery(services(), "shop", keep);
  run_on(io, delivery.keep_seen());
  EXPECT_EQ(consumer().last_seen, clock.now());
  EXPECT_EQ(hook_caller.sent.size(), 1U);
}

TEST_F(HookDeliveries, SayOfEveryHookAtTheStartWhetherItAnswers) {
  make_hook(R"(,"answers":true)", "oracle");
  clock.advance(hours(24 * 40));
  handlers::Interest interest;
  interest.types = {"hook.changed"};
  interest.live = true;
  const auto told = hub.subscribe(interest);
  transact(site::greet_hooks);
  std::vector<json::object> data;
  for (const auto& event : told->take_live()) data.push_back(event.data);
  EXPECT_THAT(data, ElementsAre(json::object{{"name", "oracle"}, {"answers", true}},
                                json::object{{"name", "shop"}, {"answers", false}}));
  EXPECT_EQ(consumer().last_seen, clock.now());
}

TEST(HookBackoff, DoublesFromTwoSecondsToFiveMinutesAndVaries) {
  const auto with = [](std::uint8_t byte) {
    return [byte](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), byte); };
  };
  EXPECT_EQ(site::hook_backoff(1, with(0)), Milliseconds(1600));
  EXPECT_NEAR(static_cast<double>(site::hook_backoff(1, with(0xFF)).count()), 2400, 1);
  EXPECT_EQ(site::hook_backoff(2, with(0)), Milliseconds(3200));
  EXPECT_EQ(site::hook_backoff(7, with(0)), Milliseconds(102'400));
  EXPECT_EQ(site::hook_backoff(9, with(0xFF)), Milliseconds(300'000));
  EXPECT_EQ(site::hook_backoff(1'000'000, with(0)), Milliseconds(240'000));
}

TEST_F(HookDeliveries, AreNotMadeToWhatTheTargetsAdmitNoMore) {
  append_events(1);
  settings.hook_targets = {"https://other.example"};
  EXPECT_EQ(turn().kind, Kind::failed);
  EXPECT_THAT(hook_caller.sent, IsEmpty());
  EXPECT_THAT(hook().last_error->detail, ::testing::HasSubstr("hooks.targets"));
  settings.hook_targets = {"https://shop.example"};
  EXPECT_EQ(turn().kind, Kind::again);
}

TEST_F(HookDeliveries, TellAHookOfTheTroubleOfOthers) {
  make_hook("", "other");
  hook_caller.answer(410);
  append_events(1);
  EXPECT_EQ(turn("other").kind, Kind::failed);
  turn();
  turn();
  EXPECT_EQ(text_of(json::parse(hook_caller.sent.back().body).as_object(), "subject"), "hook/other");
}

TEST_F(HookDeliveries, AreNotPausedByWhatWasAnsweredBeforeAPut) {
  append_events(1);
  clock.advance(std::chrono::seconds(1));
  hook_caller.answer(410);
  hook_caller.meanwhile = [this] {
    hook_caller.meanwhile = nullptr;
    transact([now = clock.now()](storage::Transaction& transaction) {
      // What PUT writes of a hook that stays as it is.
      auto consumer = transaction.consumer(storage::hook_consumer("shop")).value();
      consumer.last_seen = now;
      transaction.update_consumer(consumer);
      return true;
    });
  };
  EXPECT_EQ(turn().kind, Kind::again);
  EXPECT_FALSE(hook().paused);
  EXPECT_EQ(turn().kind, Kind::again) << "and gets the event again";
  EXPECT_EQ(hook_caller.sent.size(), 2U);
}

}  // namespace nopassd::testing
