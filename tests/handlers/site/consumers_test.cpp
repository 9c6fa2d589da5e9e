#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using ::testing::HasSubstr;

class SiteConsumers : public SiteTest {
 protected:
  std::string epoch() {
    return transact([](storage::Transaction& transaction) { return transaction.event_log().epoch; });
  }
  std::string cursor(int sequence) { return epoch() + '.' + std::to_string(sequence); }
  storage::Consumer stored(const std::string& name) {
    return transact([name](storage::Transaction& each) { return each.consumer(name).value_or(storage::Consumer{}); });
  }
  void retire(const std::string& name) {
    transact([name](storage::Transaction& transaction) {
      auto consumer = transaction.consumer(name).value();
      consumer.retired = true;
      transaction.update_consumer(consumer);
      return true;
    });
  }
};

TEST_F(SiteConsumers, BeginNowUnlessToldOtherwise) {
  append_events(3);
  const auto reply = put("/v1/consumers/mail", "{}");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(header(reply, "Location"), "/v1/consumers/mail");
  EXPECT_EQ(body_of(reply), (json::object{{"type", "consumer"},
                                          {"id", "mail"},
                                          {"types", json::array{}},
                                          {"cursor", cursor(3)},
                                          {"lag", 0},
                                          {"lastSeenAt", "2026-01-01T00:00:00Z"},
                                          {"retired", false}}));
  EXPECT_EQ(text_of(body_of(put("/v1/consumers/a", R"({"from":"oldest"})")), "cursor"), cursor(0));
  EXPECT_EQ(text_of(body_of(put("/v1/consumers/b", R"({"from":"now"})")), "cursor"), cursor(3));
  const auto at_two = put("/v1/consumers/c", R"({"from":")" + cursor(2) + "\"}");
  EXPECT_EQ(text_of(body_of(at_two), "cursor"), cursor(2));
  EXPECT_EQ(body_of(at_two).at("lag"), 1);
}

TEST_F(SiteConsumers, HaveNamesOfAFewCharacters) {
  EXPECT_EQ(put("/v1/consumers/" + std::string(64, 'a'), "").status, 201);
  EXPECT_EQ(put("/v1/consumers/a.b_c-9", "").status, 201);
  for (const std::string& name :
       {std::string(65, 'a'), std::string("Mail"), std::string("a%20b"), std::string("%C3%A9")}) {
    EXPECT_TRUE(is_problem(put("/v1/consumers/" + name, ""), 422)) << name;
  }
}

TEST_F(SiteConsumers, RefuseFaultyBodies) {
  EXPECT_EQ(pointers(put("/v1/consumers/mail", R"({"from":"soon","types":["nopass.user.updated","x",1]})")),
            (std::vector<std::string>{"/from", "/types/1", "/types/2"}));
  EXPECT_EQ(pointers(put("/v1/consumers/mail", R"({"from":7,"types":"x"})")),
            (std::vector<std::string>{"/from", "/types"}));
  EXPECT_EQ(pointers(put("/v1/consumers/mail", R"({"types":["nopass.session.picture"]})")),
            std::vector<std::string>{"/types/0"});
  EXPECT_EQ(get("/v1/consumers/mail").status, 404);
}

TEST_F(SiteConsumers, CannotBeginWhereNothingIsKept) {
  const auto reply = put("/v1/consumers/mail", R"({"from":")" + cursor(1) + "\"}");
  EXPECT_TRUE(is_problem(reply, 410));
  EXPECT_EQ(text_of(body_of(reply), "oldest"), cursor(0));
  EXPECT_EQ(get("/v1/consumers/mail").status, 404);
}

TEST_F(SiteConsumers, ChangeTheirTypesAlone) {
  append_events(2);
  put("/v1/consumers/mail", R"({"from":"oldest"})");
  const auto reply =
      put("/v1/consumers/mail", R"({"from":"now","types":["nopass.user.updated","nopass.user.updated"]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(text_of(body_of(reply), "cursor"), cursor(0));
  EXPECT_EQ(body_of(reply).at("types"), json::array{"nopass.user.updated"});
  EXPECT_EQ(body_of(put("/v1/consumers/mail", "{}")).at("types"), json::array{}) << "absent: every type again";
}

TEST_F(SiteConsumers, BelongToWhoeverMadeThem) {
  put("/v1/consumers/mail", "");
  peer.principal = "uid:34";
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    EXPECT_TRUE(is_problem(call({method, "/v1/consumers/mail", {}}), 403)) << method;
  }
  EXPECT_TRUE(is_problem(get("/v1/consumers/mail/events"), 403));
  EXPECT_TRUE(is_problem(post("/v1/consumers/mail/ack", R"({"through":")" + cursor(0) + "\"}"), 403));
  EXPECT_EQ(body_of(get("/v1/consumers")).at("data"), json::array{});
  peer.principal = "uid:33";
  EXPECT_EQ(get("/v1/consumers/mail").status, 200);
}

TEST_F(SiteConsumers, AreListedInPages) {
  for (const char* name : {"a", "b", "c"}) put(std::string("/v1/consumers/") + name, "");
  const auto body = body_of(get("/v1/consumers?offset=1&limit=1"));
  EXPECT_EQ(body.at("data").as_array().size(), 1U);
  EXPECT_EQ(body.at("pagination"), (json::object{{"total", 3}, {"offset", 1}, {"limit", 1}}));
  EXPECT_EQ(body_of(get("/v1/consumers?offset=9")).at("data"), json::array{});
}

TEST_F(SiteConsumers, HaveAnEtag) {
  put("/v1/consumers/mail", "");
  Ask again{"GET", "/v1/consumers/mail", {}};
  again.if_none_match = header(get("/v1/consumers/mail"), "ETag");
  EXPECT_EQ(call(again).status, 304);
  append_events(1);
  EXPECT_EQ(call(again).status, 200) << "its lag has grown";
}

TEST_F(SiteConsumers, AreRemoved) {
  put("/v1/consumers/mail", "");
  EXPECT_EQ(remove("/v1/consumers/mail").status, 204);
  EXPECT_TRUE(is_problem(remove("/v1/consumers/mail"), 404));
  EXPECT_TRUE(is_problem(get("/v1/consumers/mail"), 404));
  EXPECT_TRUE(is_problem(get("/v1/consumers/mail/events"), 404));
}

TEST_F(SiteConsumers, AreGoneOnceRetiredUntilTheyAreMadeAnew) {
  put("/v1/consumers/mail", R"({"from":"oldest"})");
  append_events(2);
  retire("mail");
  EXPECT_TRUE(is_problem(get("/v1/consumers/mail/events"), 410));
  EXPECT_TRUE(is_problem(post("/v1/consumers/mail/ack", R"({"through":")" + cursor(0) + "\"}"), 410));
  EXPECT_EQ(body_of(get("/v1/consumers/mail")).at("retired"), true);
  const auto anew = put("/v1/consumers/mail", R"({"from":"now"})");
  EXPECT_EQ(anew.status, 201);
  EXPECT_EQ(text_of(body_of(anew), "cursor"), cursor(2));
  EXPECT_EQ(get("/v1/consumers/mail/events").status, 200);
}

TEST_F(SiteConsumers, AcknowledgeWhatWasDelivered) {
  put("/v1/consumers/mail", R"({"from":"oldest"})");
  append_events(4);
  get("/v1/consumers/mail/events?limit=3");
  const auto acknowledge = [this](int sequence) {
    return post("/v1/consumers/mail/ack", R"({"through":")" + cursor(sequence) + "\"}");
  };
  const auto beyond = acknowledge(4);
  EXPECT_TRUE(is_problem(beyond, 422));
  EXPECT_EQ(pointers(beyond), std::vector<std::string>{"/through"});
  EXPECT_EQ(text_of(body_of(acknowledge(2)), "cursor"), cursor(2));
  const auto less = acknowledge(1);
  EXPECT_EQ(less.status, 200);
  EXPECT_EQ(text_of(body_of(less), "cursor"), cursor(2)) << "less than before changes nothing";
  EXPECT_EQ(acknowledge(2).status, 200);
  EXPECT_EQ(text_of(body_of(acknowledge(3)), "cursor"), cursor(3));
}

TEST_F(SiteConsumers, RefuseToAcknowledgeWhatIsNoCursor) {
  put("/v1/consumers/mail", "");
  for (const char* body : {"{}", R"({"through":"x"})", R"({"through":3})", R"({"through":null})"}) {
    const auto reply = post("/v1/consumers/mail/ack", body);
    EXPECT_TRUE(is_problem(reply, 422)) << body;
    EXPECT_EQ(pointers(reply), std::vector<std::string>{"/through"}) << body;
  }
  EXPECT_TRUE(is_problem(post("/v1/consumers/mail/ack", R"({"through":"0.0"})"), 410)) << "another epoch";
}

}  // namespace nopassd::testing
