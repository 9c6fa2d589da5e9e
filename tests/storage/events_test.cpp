// The event log: numbers, cursors, filters, and what durable readers hold back.
#include "storage/events.hpp"

#include "storage/sweep.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EventsOfTheLog : public ::testing::Test {
 protected:
  void append(std::string type) {
    store.transact([type](Transaction& t) {
      EventDraft draft{type, "subject/1", {{"member", "value"}}};
      t.append(std::move(draft));
      return 0;
    });
  }
  EventPage after(std::int64_t sequence, std::size_t limit = 100, std::vector<std::string> types = {}) {
    const EventQuery query{sequence, limit, std::move(types)};
    return store.read([query](Snapshot& s) { return s.events_after(query); });
  }
  static std::vector<std::int64_t> numbers(const EventPage& page) {
    std::vector<std::int64_t> result;
    for (const Event& event : page.events) result.push_back(event.sequence);
    return result;
  }
  EventLog log() {
    return store.read([](Snapshot& s) { return s.event_log(); });
  }
  std::size_t remove(TimePoint before, std::int64_t keep_at_most, std::size_t limit = 100) {
    return store.transact([=](Transaction& t) { return t.remove_events(before, keep_at_most, limit); });
  }
  void add_consumer(std::string name, std::int64_t acknowledged, std::vector<std::string> types = {}) {
    Consumer consumer{std::move(name), "owner", std::move(types), acknowledged, acknowledged, sample_time(), false};
    store.transact([consumer](Transaction& t) { return t.add_consumer(consumer), 0; });
  }
  static constexpr TimePoint never{};
  static constexpr std::int64_t any_number = 1000;
  TemporaryStore store;
};

TEST_F(EventsOfTheLog, AreKeptWhole) {
  append("user.added");
  const EventPage page = after(0);
  ASSERT_EQ(page.events.size(), 1U);
  const Event& event = page.events[0];
  EXPECT_EQ(event.sequence, 1);
  EXPECT_EQ(event.id.size(), 36U);
  EXPECT_EQ(event.time, sample_time());
  EXPECT_EQ(event.type, "user.added");
  EXPECT_EQ(event.subject, "subject/1");
  EXPECT_EQ(event.data, R"({"member":"value"})");
}

TEST_F(EventsOfTheLog, ArePagedInOrder) {
  EXPECT_EQ(after(0).through, 0);
  for (int i = 0; i < 5; ++i) append("user.added");
  EXPECT_THAT(numbers(after(0, 2)), ElementsAre(1, 2));
  EXPECT_EQ(after(0, 2).through, 2);
  EXPECT_THAT(numbers(after(3)), ElementsAre(4, 5));
  EXPECT_EQ(after(3).through, 5);
  EXPECT_THAT(numbers(after(5)), IsEmpty());
  EXPECT_EQ(after(5).through, 5);
}

TEST_F(EventsOfTheLog, AreFilteredAndTheReaderMovesOn) {
  for (const char* type : {"a.a", "b.b", "c.c", "a.a", "b.b", "b.b"}) append(type);
  EXPECT_THAT(numbers(after(0, 100, {"a.a"})), ElementsAre(1, 4));
  EXPECT_EQ(after(0, 100, {"a.a"}).through, 6) << "nothing else up to the end of the log";
  EXPECT_THAT(numbers(after(0, 3, {"b.b", "a.a"})), ElementsAre(1, 2, 4));
  EXPECT_EQ(after(0, 3, {"b.b", "a.a"}).through, 4) << "more may follow";
  EXPECT_THAT(numbers(after(4, 100, {"a.a"})), IsEmpty());
  EXPECT_EQ(after(4, 100, {"a.a"}).through, 6);
  EXPECT_THAT(numbers(after(0, 100, {"a.a", "a.a"})), ElementsAre(1, 4)) << "a type named twice";
  EXPECT_THAT(numbers(after(0, 100, {"x.x"})), IsEmpty());
}

TEST_F(EventsOfTheLog, AreNeverNumberedTwiceEvenWhenAllAreGone) {
  for (int i = 0; i < 3; ++i) append("user.added");
  EXPECT_EQ(remove(sample_time(1), any_number), 3U);
  EXPECT_EQ(log().swept, 3);
  EXPECT_EQ(log().last, 3);
  store.reopen();
  EXPECT_EQ(log().swept, 3);
  append("user.added");
  EXPECT_EQ(log().last, 4);
  EXPECT_EQ(log().swept, 3);
}

TEST_F(EventsOfTheLog, GoByAge) {
  append("user.added");
  store.clock.advance(Milliseconds(10000));
  append("user.added");
  EXPECT_EQ(remove(sample_time(0), any_number), 0U) << "it is not older than that";
  EXPECT_EQ(remove(sample_time(10), any_number), 1U);
  EXPECT_EQ(log().swept, 1);
  EXPECT_THAT(numbers(after(1)), ElementsAre(2));
}

TEST_F(EventsOfTheLog, GoWhenThereAreTooMany) {
  for (int i = 0; i < 5; ++i) append("user.added");
  EXPECT_EQ(remove(never, 3), 2U);
  EXPECT_THAT(numbers(after(0)), ElementsAre(3, 4, 5));
  EXPECT_EQ(remove(never, 3), 0U);
}

TEST_F(EventsOfTheLog, GoInSmallSteps) {
  for (int i = 0; i < 5; ++i) append("user.added");
  EXPECT_EQ(remove(sample_time(1), any_number, 2), 2U);
  EXPECT_EQ(remove(sample_time(1), any_number, 2), 2U);
  EXPECT_EQ(remove(sample_time(1), any_number, 2), 1U);
  EXPECT_EQ(remove(sample_time(1), any_number, 2), 0U);
}

TEST_F(EventsOfTheLog, StayWhileAConsumerNeedsThem) {
  for (int i = 0; i < 5; ++i) append("user.added");
  add_consumer("site", 2);
  EXPECT_EQ(remove(sample_time(1), 0), 2U) << "neither age nor number removes what is not acknowledged";
  EXPECT_THAT(numbers(after(0)), ElementsAre(3, 4, 5));
  store.transact([](Transaction& t) {
    Consumer consumer = *t.consumer("site");
    consumer.acknowledged = 4;
    t.update_consumer(consumer);
    return 0;
  });
  EXPECT_EQ(remove(sample_time(1), 0), 2U);
  EXPECT_THAT(numbers(after(0)), ElementsAre(5));
}

TEST_F(EventsOfTheLog, AreNotHeldBackByAConsumerOfOtherTypes) {
  for (const char* type : {"a.a", "b.b", "a.a", "b.b", "c.c"}) append(type);
  add_consumer("site", 0, {"b.b", "c.c"});
  EXPECT_EQ(remove(sample_time(1), any_number), 1U);
  store.transact([](Transaction& t) {
    Consumer consumer = *t.consumer("site");
    consumer.acknowledged = 2;
    t.update_consumer(consumer);
    return 0;
  });
  EXPECT_EQ(remove(sample_time(1), any_number), 2U) << "up to the next b.b";
  EXPECT_THAT(numbers(after(0)), ElementsAre(4, 5));
  add_consumer("rare", 0, {"x.x"});
  store.transact([](Transaction& t) { return t.remove_consumer("site"), 0; });
  EXPECT_EQ(remove(sample_time(1), any_number), 2U) << "nobody waits for these";
}

TEST_F(EventsOfTheLog, AreNotHeldBackByARetiredConsumer) {
  append("user.added");
  Consumer consumer{"old", "owner", {}, 0, 0, sample_time(), true};
  store.transact([consumer](Transaction& t) { return t.add_consumer(consumer), 0; });
  EXPECT_EQ(remove(sample_time(1), any_number), 1U);
}

TEST_F(EventsOfTheLog, AreNotUnmadeByAnEarlierClockAfterARestart) {
  append("user.added");
  store.clock.advance(Milliseconds(-86400000));
  store.reopen();
  append("user.added");
  EXPECT_EQ(remove(sample_time(-10), any_number), 0U) << "the front is not that old, and the front goes first";
  EXPECT_THAT(numbers(after(0)), ElementsAre(1, 2));
}

TEST(EventTypes, AreThoseOfTheSiteApi) {
  EXPECT_EQ(event_types().size(), 26U);
  EXPECT_THAT(event_types(), ::testing::IsSupersetOf({"portal.registration_attacked", "session.redeemed",
                                                      "registration.refused", "user.updated", "consumer.retired",
                                                      "hook.failing", "hook.recovered", "certificate.expiring"}));
  EXPECT_THAT(live_event_types(), ElementsAre("session.picture", "question.asked"));
}

std::string data(const EventDraft& draft) { return boost::json::serialize(draft.data); }

TEST(EventDrafts, HoldIdsAndLeaveOutWhatIsEmpty) {
  Session session = sample_session();
  session.id = "s";
  session.user_id = "u";
  session.external_id = "e";
  EXPECT_EQ(session_event("started", session).type, "session.started");
  EXPECT_EQ(session_event("started", session).subject, "session/s");
  EXPECT_EQ(data(session_event("started", session)), R"({"sessionId":"s","userId":"u","externalId":"e"})");
  EXPECT_EQ(data(session_event("denied", session)),
            R"({"sessionId":"s","userId":"u","externalId":"e","reason":"because"})");
  session.external_id.clear();
  session.reason.clear();
  EXPECT_EQ(data(session_event("denied", session)), R"({"sessionId":"s","userId":"u"})");

  EXPECT_EQ(portal_event("challenged", "192.0.2.1").type, "portal.challenged");
  EXPECT_EQ(portal_event("challenged", "192.0.2.1").subject, "portal");
  EXPECT_EQ(data(portal_event("challenged", "192.0.2.1")), R"({"caller":"192.0.2.1"})");

  Registration registration = sample_registration();
  registration.id = "r";
  registration.user_id.clear();
  registration.external_id.clear();
  EXPECT_EQ(registration_event("refused", registration).subject, "registration/r");
  EXPECT_EQ(data(registration_event("refused", registration)), R"({"registrationId":"r","by":"nopass"})");

  User user = sample_user();
  user.id = "u";
  user.external_id.clear();
  EXPECT_EQ(user_event("erased", user).subject, "user/u");
  EXPECT_EQ(data(user_event("erased", user)), R"({"userId":"u"})");
}

}  // namespace
}  // namespace nopassd::testing
