#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class SiteConsumerEvents : public SiteTest {
 protected:
  using Sequences = std::vector<std::string>;

  std::string epoch() {
    return transact([](storage::Transaction& transaction) { return transaction.event_log().epoch; });
  }
  std::string cursor(int sequence) { return epoch() + '.' + std::to_string(sequence); }
  Sequences read(const std::string& more = "") { return sequences(get("/v1/consumers/mail/events" + more)); }
  static Sequences sequences(const handlers::Reply& reply) {
    Sequences found;
    const auto body = body_of(reply);
    for (const json::value& event : body.at("data").as_array()) {
      const std::string text = text_of(event.as_object(), "cursor");
      found.push_back(text.substr(text.find('.') + 1));
    }
    return found;
  }
  void acknowledge(int sequence) {
    EXPECT_EQ(post("/v1/consumers/mail/ack", R"({"through":")" + cursor(sequence) + "\"}").status, 200);
  }
  storage::Consumer stored() {
    return transact([](storage::Transaction& each) { return each.consumer("mail").value_or(storage::Consumer{}); });
  }
  void make(std::string body = "") { EXPECT_LE(put("/v1/consumers/mail", std::move(body)).status, 201U); }
};

TEST_F(SiteConsumerEvents, ComeAgainUntilTheyAreAcknowledged) {
  make();
  append_events(3);
  EXPECT_EQ(read("?limit=2"), (Sequences{"1", "2"}));
  EXPECT_EQ(read("?limit=2"), (Sequences{"1", "2"}));
  acknowledge(1);
  EXPECT_EQ(read(), (Sequences{"2", "3"}));
  acknowledge(3);
  EXPECT_EQ(read(), Sequences{});
}

TEST_F(SiteConsumerEvents, RecordTheDeliveryBeforeItIsMade) {
  make();
  append_events(3);
  read("?limit=2");
  EXPECT_EQ(stored().delivered, 2);
  EXPECT_EQ(stored().acknowledged, 0);
}

TEST_F(SiteConsumerEvents, NeverHoldBackForWhatDoesNotMatch) {
  make(R"({"types":["nopass.portal.registered"]})");
  append_events(5, "portal.challenged");
  const auto reply = get("/v1/consumers/mail/events");
  EXPECT_EQ(sequences(reply), Sequences{});
  EXPECT_EQ(text_of(body_of(reply), "cursor"), cursor(5));
  EXPECT_EQ(stored().acknowledged, 5);
}

TEST_F(SiteConsumerEvents, HoldTheConsumerWhileOneIsOutstanding) {
  make(R"({"types":["nopass.portal.registered"]})");
  append_events(2, "portal.challenged");
  append_events(1, "portal.registered");
  append_events(2, "portal.challenged");
  EXPECT_EQ(read(), Sequences{"3"});
  EXPECT_EQ(stored().acknowledged, 0);
  acknowledge(3);
  EXPECT_EQ(read(), Sequences{});
  EXPECT_EQ(stored().acknowledged, 5) << "and on past the rest";
}

TEST_F(SiteConsumerEvents, MayBeAcknowledgedByTheCursorOfTheReply) {
  make(R"({"types":["nopass.portal.registered"]})");
  append_events(1, "portal.registered");
  append_events(2, "portal.challenged");
  const auto reply = get("/v1/consumers/mail/events");
  const std::string through = text_of(body_of(reply), "cursor");
  EXPECT_EQ(post("/v1/consumers/mail/ack", R"({"through":")" + through + "\"}").status, 200);
  EXPECT_EQ(read(), Sequences{});
}

TEST_F(SiteConsumerEvents, WakeAReaderThatWaits) {
  make(R"({"types":["nopass.portal.registered"]})");
  auto waiting = begin({"GET", "/v1/consumers/mail/events?wait=60", {}});
  run_until([this] { return hub.waiting() == 1; });
  append_events(1, "portal.challenged");
  append_events(1, "portal.registered");
  EXPECT_EQ(sequences(finish(waiting)), Sequences{"2"});
  EXPECT_EQ(stored().delivered, 2);
}

TEST_F(SiteConsumerEvents, AreAnEmptyListWhenTheWaitIsOver) {
  make();
  auto waiting = begin({"GET", "/v1/consumers/mail/events?wait=60", {}});
  run_until([this] { return hub.waiting() == 1; });
  hub.end_waits();
  EXPECT_EQ(sequences(finish(waiting)), Sequences{});
}

TEST_F(SiteConsumerEvents, HaveOneReaderAtATime) {
  make();
  auto first = begin({"GET", "/v1/consumers/mail/events?wait=60", {}});
  run_until([this] { return hub.waiting() == 1; });
  EXPECT_TRUE(is_problem(get("/v1/consumers/mail/events"), 409));
  peer.principal = "uid:34";
  EXPECT_TRUE(is_problem(get("/v1/consumers/mail/events"), 403)) << "a stranger learns nothing of it";
  peer.principal = "uid:33";
  append_events(1);
  finish(first);
  EXPECT_EQ(get("/v1/consumers/mail/events").status, 200);
}

TEST_F(SiteConsumerEvents, EndWhenTheConsumerIsRemovedMeanwhile) {
  make();
  auto waiting = begin({"GET", "/v1/consumers/mail/events?wait=60", {}});
  run_until([this] { return hub.waiting() == 1; });
  remove("/v1/consumers/mail");
  append_events(1);
  EXPECT_TRUE(is_problem(finish(waiting), 404));
}

TEST_F(SiteConsumerEvents, ObeyTypesThatAreChangedMeanwhile) {
  make(R"({"types":["nopass.portal.registered"]})");
  auto waiting = begin({"GET", "/v1/consumers/mail/events?wait=60", {}});
  run_until([this] { return hub.waiting() == 1; });
  append_events(1, "portal.challenged");
  make(R"({"types":["nopass.portal.challenged","nopass.portal.registered"]})");
  append_events(1, "portal.registered");
  EXPECT_EQ(sequences(finish(waiting)), (Sequences{"1", "2"}));
}

TEST_F(SiteConsumerEvents, UpdateLastSeenAtMostOnceAMinute) {
  make();
  const auto made = stored().last_seen;
  clock.advance(std::chrono::seconds(59));
  read();
  EXPECT_EQ(stored().last_seen, made);
  clock.advance(std::chrono::seconds(1));
  read();
  EXPECT_EQ(stored().last_seen, made + std::chrono::minutes(1));
  append_events(1);
  clock.advance(std::chrono::seconds(1));
  read();
  EXPECT_EQ(stored().last_seen, made + std::chrono::seconds(61)) << "with a delivery it is written anyway";
}

TEST_F(SiteConsumerEvents, SeeTheirReaderOftenEnoughForAShortTimeout) {
  settings.consumer_timeout = std::chrono::seconds(4);
  make();
  const auto made = stored().last_seen;
  clock.advance(std::chrono::milliseconds(900));
  read();
  EXPECT_EQ(stored().last_seen, made);
  clock.advance(std::chrono::milliseconds(100));
  read();
  EXPECT_EQ(stored().last_seen, made + std::chrono::seconds(1));
}

TEST_F(SiteConsumerEvents, TakeNoOtherParameters) {
  make();
  EXPECT_EQ(pointers(get("/v1/consumers/mail/events?limit=1001&wait=61&type=nopass.user.updated")),
            (std::vector<std::string>{"/type", "/limit", "/wait"}));
}

}  // namespace nopassd::testing
