#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

namespace {
constexpr const char* png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAMAAAAoyzS7AAAAA1BMVEUAAACnej3aAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
}  // namespace

using ::testing::HasSubstr;
using ::testing::Not;

class StartSession : public SiteTest {
 protected:
  StartSession() {
    register_portal();
    ada = add_user("Ada", "ext-1");
  }
  static json::object wanted() {
    return {{"login", "ada"}, {"binding", "0123456789abcdef"}, {"authId", "auth-of-ada"}};
  }
  handlers::Reply start(const json::object& body) { return post("/v1/sessions", json::serialize(body)); }
  handlers::Reply start_with(std::string_view name, json::value value) {
    json::object body = wanted();
    body[name] = std::move(value);
    return start(body);
  }
  handlers::Reply start_for(std::string_view name, std::string_view value) {
    json::object body = wanted();
    body.erase("login");
    body[name] = value;
    return start(body);
  }
  std::string ada;
};

TEST_F(StartSession, RecordsALogin) {
  const auto reply = start(wanted());
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  const auto body = body_of(reply);
  EXPECT_EQ(header(reply, "Location"), "/v1/sessions/" + text_of(body, "id"));
  EXPECT_EQ(text_of(body, "type"), "session");
  EXPECT_EQ(text_of(body, "userId"), ada);
  EXPECT_EQ(text_of(body, "externalId"), "ext-1");
  EXPECT_EQ(text_of(body, "state"), "pending");
  EXPECT_EQ(text_of(body, "expiresAt"), "2026-01-01T00:06:00Z");
  EXPECT_EQ(text_of(body, "ticket").size(), 43U);
  EXPECT_EQ(text_of(body, "liveUrl"), "/nopass/t/" + text_of(body, "ticket"));
  EXPECT_FALSE(body.contains("pictureVersion"));
}

TEST_F(StartSession, FindsTheUserInThreeWays) {
  EXPECT_EQ(text_of(body_of(start(wanted())), "userId"), ada);
  json::object by_id{{"userId", ada}, {"binding", "0123456789abcdef"}, {"authId", "auth-2"}};
  EXPECT_EQ(text_of(body_of(start(by_id)), "userId"), ada);
  json::object by_external{{"externalId", "ext-1"}, {"binding", "0123456789abcdef"}, {"authId", "auth-3"}};
  EXPECT_EQ(text_of(body_of(start(by_external)), "userId"), ada);
}

TEST_F(StartSession, KeepsDigestsAlone) {
  const auto body = body_of(start(wanted()));
  const auto session = transact([id = text_of(body, "id")](storage::Transaction& each) { return *each.session(id); });
  EXPECT_EQ(session.ticket, store->digest(storage::SecretKind::ticket, text_of(body, "ticket")));
  EXPECT_EQ(session.binding, store->digest(storage::SecretKind::binding, "0123456789abcdef"));
  EXPECT_EQ(session.auth_id, store->digest(storage::SecretKind::auth_id, "auth-of-ada"));
  EXPECT_EQ(session.login, "Ada");
}

TEST_F(StartSession, RaisesItsEventWithIdsAlone) {
  const auto id = text_of(body_of(start(wanted())), "id");
  const auto events = get("/v1/events");
  const auto listed = body_of(events);
  const auto& event = listed.at("data").at(0).as_object();
  EXPECT_EQ(text_of(event, "type"), "nopass.session.started");
  EXPECT_EQ(text_of(event, "subject"), "session/" + id);
  EXPECT_EQ(event.at("data"), (json::object{{"sessionId", id}, {"userId", ada}, {"externalId", "ext-1"}}));
}

TEST_F(StartSession, RefusesAnUnknownUser) {
  EXPECT_TRUE(is_problem(start_with("login", "eve"), 404));
  EXPECT_TRUE(is_problem(start_for("externalId", "ext-9"), 404));
  EXPECT_TRUE(is_problem(start_for("userId", "6ba7b810-9dad-41d1-80b4-00c04fd430c8"), 404));
  EXPECT_EQ(body_of(get("/v1/events")).at("data"), json::array{});
}

TEST_F(StartSession, RefusesADeletedUser) {
  transact([id = ada](storage::Transaction& transaction) {
    auto user = transaction.user(id).value();
    user.state = storage::UserState::deleted;
    user.deleted_at = transaction.now();
    transaction.update_user(user);
    return true;
  });
  EXPECT_TRUE(is_problem(start(wanted()), 404));
  EXPECT_TRUE(is_problem(start_for("userId", ada), 410));
}

TEST_F(StartSession, RefusesWhileThePortalIsNotRegistered) {
  transact([](storage::Transaction& transaction) {
    auto portal = transaction.portal();
    portal.state = storage::PortalState::disabled;
    transaction.save_portal(portal);
    return true;
  });
  EXPECT_TRUE(is_problem(start(wanted()), 409));
}

TEST_F(StartSession, RefusesAnAuthIdThatIsKnown) {
  EXPECT_EQ(start(wanted()).status, 201);
  const auto reply = start(wanted());
  EXPECT_TRUE(is_problem(reply, 409));
  EXPECT_THAT(reply.body, Not(HasSubstr("auth-of-ada")));
}

TEST_F(StartSession, WantsExactlyOneUser) {
  EXPECT_EQ(pointers(start_with("userId", json::string(ada))), std::vector<std::string>{""});
  EXPECT_EQ(pointers(start_with("login", nullptr)), std::vector<std::string>{""});
}

TEST_F(StartSession, ChecksEveryMember) {
  for (const json::value& binding :
       {json::value("short-of-16-chr"), json::value(json::string(513, 'x')), json::value(7), json::value(nullptr)}) {
    EXPECT_EQ(pointers(start_with("binding", binding)), std::vector<std::string>{"/binding"});
  }
  EXPECT_EQ(pointers(start_with("clientIp", "nowhere")), std::vector<std::string>{"/clientIp"});
  EXPECT_EQ(pointers(start_with("authId", "")), std::vector<std::string>{"/authId"});
  EXPECT_EQ(pointers(start_with("authId", json::string(257, 'x'))), std::vector<std::string>{"/authId"});
  EXPECT_EQ(pointers(start_with("login", " ada")), std::vector<std::string>{"/login"});
  EXPECT_EQ(pointers(start_for("userId", "ada")), std::vector<std::string>{"/userId"});
  EXPECT_EQ(start_with("binding", json::string(512, 'x')).status, 201);
}

TEST_F(StartSession, ShowsTheFirstPicture) {
  const auto live = begin([] {
    Ask ask{"GET", "/v1/events?type=nopass.session.picture", {}};
    ask.accept = "text/event-stream";
    return ask;
  }());
  run_until([this] { return hub.waiting() == 1; });
  json::object body = wanted();
  body["image"] = png;
  body["nextChange"] = 12000;
  const auto started = body_of(start(body));
  EXPECT_EQ(started.at("pictureVersion"), 1);
  EXPECT_EQ(text_of(started, "nextChangeAt"), "2026-01-01T00:00:12Z");
  const auto picture = get("/v1/sessions/" + text_of(started, "id") + "/picture");
  EXPECT_EQ(picture.content_type, "image/png");
  EXPECT_TRUE(picture.body.starts_with("\x89PNG"));
  run_until([&live] { return live->stream.text.find("pictureVersion") != std::string::npos; });
  EXPECT_THAT(live->stream.text, HasSubstr(text_of(started, "id")));
}

TEST_F(StartSession, ClampsTheTimeOfThePicture) {
  const auto next_change = [this](const char* auth_id, json::value value) {
    json::object body = wanted();
    body["authId"] = auth_id;
    body["image"] = png;
    body["nextChange"] = std::move(value);
    return text_of(body_of(start(body)), "nextChangeAt");
  };
  EXPECT_EQ(next_change("a", nullptr), "2026-01-01T00:00:30Z");
  EXPECT_EQ(next_change("b", -5), "2026-01-01T00:00:01Z");
  EXPECT_EQ(next_change("c", 1'000'000'000), "2026-01-01T00:10:00Z");
}

TEST_F(StartSession, RefusesWhatIsNoPicture) {
  for (const json::value& image :
       {json::value("not base64!"), json::value("aGVsbG8="), json::value(1), json::value("")}) {
    EXPECT_EQ(pointers(start_with("image", image)), std::vector<std::string>{"/image"});
  }
  EXPECT_EQ(pointers(start_with("nextChange", 1000)), std::vector<std::string>{"/nextChange"}) << "without an image";
  EXPECT_EQ(pointers(start_with("nextChange", "1000")), std::vector<std::string>{"/nextChange"});
}

TEST_F(StartSession, TakesOwnCallsOnlyWhereTheyAreConfigured) {
  settings.own_calls = false;
  json::object body = wanted();
  body["image"] = png;
  body["nextChange"] = 1000;
  EXPECT_EQ(pointers(start(body)), (std::vector<std::string>{"/authId", "/image", "/nextChange"}));
}

TEST_F(StartSession, WantsAnAuthIdBesideAnImage) {
  json::object body = wanted();
  body["image"] = png;
  body.erase("authId");
  EXPECT_EQ(pointers(start(body)), std::vector<std::string>{"/authId"});
  EXPECT_TRUE(nopass.asked.empty());
}

}  // namespace nopassd::testing
