#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class SiteEvents : public SiteTest {
 protected:
  std::vector<std::string> sequences(const handlers::Reply& reply) {
    std::vector<std::string> found;
    const auto body = body_of(reply);
    for (const json::value& event : body.at("data").as_array()) {
      const std::string cursor = text_of(event.as_object(), "cursor");
      found.push_back(cursor.substr(cursor.find('.') + 1));
    }
    return found;
  }
  std::string epoch() {
    return transact([](storage::Transaction& transaction) { return transaction.event_log().epoch; });
  }
  std::string cursor(int sequence) { return epoch() + '.' + std::to_string(sequence); }
  /// Forgets the first `count` events.
  void sweep(std::int64_t keep) {
    clock.advance(std::chrono::hours(1));
    transact([keep](storage::Transaction& each) { return each.remove_events(each.now(), keep, 1000); });
  }
};

using Sequences = std::vector<std::string>;

TEST_F(SiteEvents, AreCloudEvents) {
  append_events(1);
  const auto reply = get("/v1/events");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "application/json");
  const auto body = body_of(reply);
  EXPECT_EQ(text_of(body, "cursor"), cursor(1));
  const auto& event = body.at("data").at(0).as_object();
  EXPECT_EQ(text_of(event, "specversion"), "1.0");
  EXPECT_EQ(text_of(event, "id").size(), 36U);
  EXPECT_EQ(text_of(event, "source"), "/nopassd/main");
  EXPECT_EQ(text_of(event, "type"), "nopass.portal.challenged");
  EXPECT_EQ(text_of(event, "time"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(text_of(event, "subject"), "portal");
  EXPECT_EQ(text_of(event, "cursor"), cursor(1));
  EXPECT_EQ(text_of(event, "datacontenttype"), "application/json");
  EXPECT_EQ(event.at("data"), (json::object{{"caller", "127.0.0.1"}}));
  EXPECT_EQ(event.size(), 9U);
}

TEST_F(SiteEvents, FollowACursorAndObeyTheLimit) {
  append_events(5);
  EXPECT_EQ(sequences(get("/v1/events?limit=2")), (Sequences{"1", "2"}));
  const auto reply = get("/v1/events?limit=2&after=" + cursor(2));
  EXPECT_EQ(sequences(reply), (Sequences{"3", "4"}));
  EXPECT_EQ(text_of(body_of(reply), "cursor"), cursor(4));
  const auto end = get("/v1/events?after=" + cursor(5));
  EXPECT_EQ(sequences(end), Sequences{});
  EXPECT_EQ(text_of(body_of(end), "cursor"), cursor(5));
}

TEST_F(SiteEvents, HaveNeitherPaginationNorEtag) {
  const auto reply = get("/v1/events");
  EXPECT_FALSE(body_of(reply).contains("pagination"));
  EXPECT_EQ(header(reply, "ETag"), "");
}

TEST_F(SiteEvents, AreFilteredByFullNames) {
  append_events(1, "portal.challenged");
  append_events(1, "portal.registered");
  append_events(1, "portal.disabled");
  EXPECT_EQ(sequences(get("/v1/events?type=nopass.portal.registered")), Sequences{"2"});
  EXPECT_EQ(sequences(get("/v1/events?type=nopass.portal.registered,nopass.portal.disabled")), (Sequences{"2", "3"}));
  EXPECT_EQ(sequences(get("/v1/events?type=nopass.portal.disabled&type=nopass.portal.challenged")),
            (Sequences{"1", "3"}));
}

TEST_F(SiteEvents, MoveFilteredReadersOn) {
  append_events(3);
  const auto reply = get("/v1/events?type=nopass.user.updated");
  EXPECT_EQ(sequences(reply), Sequences{});
  EXPECT_EQ(text_of(body_of(reply), "cursor"), cursor(3));
}

TEST_F(SiteEvents, RefuseFiltersThatAreNoType) {
  for (const char* type : {"portal.challenged", "nopass.portal", "nopass.portal.challenged,", "nopass.*",
                           "nopass.session.picture", "nopass.question.asked", "nopass.question.decided", ""}) {
    const auto reply = get(std::string("/v1/events?type=") + type);
    EXPECT_TRUE(is_problem(reply, 422)) << type;
    EXPECT_EQ(pointers(reply).front(), "/type");
  }
}

TEST_F(SiteEvents, RefuseValuesThatAreOutOfRange) {
  EXPECT_EQ(pointers(get("/v1/events?limit=1001&wait=61&after=x&expand=session&color=red")),
            (std::vector<std::string>{"/color", "/after", "/limit", "/wait", "/expand"}));
  EXPECT_EQ(pointers(get("/v1/events?limit=0&wait=-1")), (std::vector<std::string>{"/limit", "/wait"}));
  EXPECT_EQ(get("/v1/events?limit=1000").status, 200);
}

TEST_F(SiteEvents, AreGoneWhenTheCursorIsAheadOrOfAnotherEpoch) {
  append_events(2);
  for (const std::string& after : {cursor(3), std::string("0.1"), std::string("abcdef.0")}) {
    const auto reply = get("/v1/events?after=" + after);
    EXPECT_TRUE(is_problem(reply, 410)) << after;
    EXPECT_EQ(text_of(body_of(reply), "oldest"), cursor(0)) << after;
  }
}

TEST_F(SiteEvents, AreGoneWhenTheCursorWasSwept) {
  append_events(5);
  sweep(2);
  const auto reply = get("/v1/events?after=" + cursor(1));
  EXPECT_TRUE(is_problem(reply, 410));
  const std::string oldest = text_of(body_of(reply), "oldest");
  EXPECT_NE(oldest, cursor(0));
  const auto kept = get("/v1/events?after=" + oldest);
  EXPECT_EQ(kept.status, 200);
  EXPECT_EQ(sequences(kept), sequences(get("/v1/events"))) << "absent: from the oldest";
}

TEST_F(SiteEvents, WakeAReaderThatWaits) {
  auto waiting = begin({"GET", "/v1/events?wait=60", {}});
  run_until([this] { return hub.waiting() == 1; });
  EXPECT_FALSE(waiting->reply);
  EXPECT_GT(hub.last_wait(), std::chrono::seconds(55));
  append_events(1);
  const auto reply = finish(waiting);
  EXPECT_EQ(sequences(reply), Sequences{"1"});
  EXPECT_EQ(hub.subscribed(), 0U);
}

TEST_F(SiteEvents, WakeNobodyWhoWaitsForOthers) {
  auto waiting = begin({"GET", "/v1/events?wait=60&type=nopass.portal.registered", {}});
  run_until([this] { return hub.waiting() == 1; });
  append_events(2, "portal.challenged");
  append_events(1, "portal.registered");
  const auto reply = finish(waiting);
  EXPECT_EQ(sequences(reply), Sequences{"3"});
}

TEST_F(SiteEvents, AreAnEmptyListWhenTheWaitIsOver) {
  append_events(1);
  auto waiting = begin({"GET", "/v1/events?wait=1&after=" + cursor(1), {}});
  run_until([this] { return hub.waiting() == 1; });
  hub.end_waits();
  const auto reply = finish(waiting);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(sequences(reply), Sequences{});
  EXPECT_EQ(text_of(body_of(reply), "cursor"), cursor(1));
}

TEST_F(SiteEvents, EndTheWaitWhenTheDaemonStops) {
  auto waiting = begin({"GET", "/v1/events?wait=60", {}});
  run_until([this] { return hub.waiting() == 1; });
  hub.stop();
  EXPECT_EQ(finish(waiting).status, 200);
}

TEST_F(SiteEvents, DoNotWaitWhenThereIsSomething) {
  append_events(1);
  EXPECT_EQ(sequences(get("/v1/events?wait=60")), Sequences{"1"});
  EXPECT_EQ(hub.last_wait(), std::chrono::steady_clock::duration{});
}

class ExpandedEvents : public SiteEvents {
 protected:
  ExpandedEvents() {
    transact([this](storage::Transaction& transaction) {
      storage::User user;
      user.id = transaction.new_id();
      user.login = user.login_key = "ann@example.org";
      user.external_id = "7";
      user.profile.email = "ann@example.org";
      user.profile.phone_number = "+1";
      transaction.add_user(user);
      transaction.append(storage::user_event("registered", user));
      return id_ = user.id;
    });
  }
  json::object data(const std::string& target) {
    const auto body = body_of(get(target));
    return body.at("data").at(0).at("data").as_object();
  }
  std::string id_;
};

TEST_F(ExpandedEvents, HoldTheUserAsHeIsNow) {
  const auto user = data("/v1/events?expand=user").at("user").as_object();
  EXPECT_EQ(text_of(user, "type"), "user");
  EXPECT_EQ(text_of(user, "id"), id_);
  EXPECT_EQ(text_of(user, "login"), "ann@example.org");
  EXPECT_EQ(text_of(user, "phoneNumber"), "+1");
}

TEST_F(ExpandedEvents, AreExpandedWhenAskedForAlone) {
  EXPECT_EQ(data("/v1/events"), (json::object{{"userId", id_}, {"externalId", "7"}}));
}

TEST_F(ExpandedEvents, ShowOfTheUserWhatTheScopesGrant) {
  grant({site::Scope::events_read, site::Scope::users_read});
  EXPECT_EQ(data("/v1/events?expand=user").at("user"),
            (json::object{{"type", "user"}, {"id", id_}, {"externalId", "7"}, {"state", "active"}}));
}

TEST_F(ExpandedEvents, AreRefusedWithoutTheScopeForUsers) {
  grant({site::Scope::events_read, site::Scope::users_email_read});
  const auto reply = get("/v1/events?expand=user");
  EXPECT_TRUE(is_problem(reply, 403));
  EXPECT_THAT(text_of(body_of(reply), "detail"), ::testing::HasSubstr("users:read"));
  put("/v1/consumers/c", "{}");
  EXPECT_TRUE(is_problem(get("/v1/consumers/c/events?expand=user"), 403));
}

TEST_F(ExpandedEvents, LeaveEventsWithoutAUserAlone) {
  append_events(1);
  EXPECT_EQ(data("/v1/events?expand=user&after=" + cursor(1)), (json::object{{"caller", "127.0.0.1"}}));
}

TEST_F(ExpandedEvents, AreThereForConsumersToo) {
  put("/v1/consumers/c", R"({"from":"oldest"})");
  EXPECT_EQ(text_of(data("/v1/consumers/c/events?expand=user").at("user").as_object(), "id"), id_);
  EXPECT_EQ(pointers(get("/v1/consumers/c/events?expand=all")), std::vector<std::string>{"/expand"});
}

}  // namespace nopassd::testing
