#include "storage/lifecycle.hpp"
#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using site::Scope;

class SiteQuestions : public SiteTest {
 protected:
  std::string ask(std::string user_id = "") {
    return transact([user_id](storage::Transaction& transaction) {
      storage::Question question;
      question.id = transaction.new_id();
      question.callback = "UpdateUser";
      question.user_id = user_id;
      question.members = {{"login", "ada"}, {"phoneNumber", "+374"}, {"givenName", "Ada"}};
      question.asked_at = transaction.now();
      question.deadline = transaction.now() + storage::Milliseconds(5000);
      transaction.add_question(question);
      transaction.announce({"question.asked", "question/" + question.id, {}});
      return question.id;
    });
  }
  handlers::Reply answer(const std::string& id, std::string body) {
    return put("/v1/questions/" + id + "/answer", std::move(body));
  }
};

TEST_F(SiteQuestions, ShowValuesByScope) {
  const auto id = ask();
  const json::object head{{"type", "question"},
                          {"id", id},
                          {"callback", "UpdateUser"},
                          {"askedAt", "2026-01-01T00:00:00Z"},
                          {"deadline", "2026-01-01T00:00:05Z"}};
  grant({Scope::questions_answer});
  EXPECT_EQ(body_of(get("/v1/questions")).at("data"), json::array({head}));
  const std::vector<std::pair<Scope, const char*>> shown = {{Scope::users_email_read, "login"},
                                                            {Scope::users_phone_read, "phoneNumber"},
                                                            {Scope::users_data_read, "givenName"}};
  for (const auto& [scope, member] : shown) {
    grant({Scope::questions_answer, scope});
    const auto question = body_of(get("/v1/questions")).at("data").as_array().at(0).as_object();
    EXPECT_EQ(question.size(), head.size() + 1);
    EXPECT_TRUE(question.contains(member)) << member;
  }
}

TEST_F(SiteQuestions, AreAnsweredOnce) {
  const auto id = ask();
  const auto reply = answer(id, R"({"allow":true,"reason":"known"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(body_of(reply).at("allow"), true);
  EXPECT_EQ(text_of(body_of(reply), "state"), "answered");
  EXPECT_TRUE(is_problem(answer(id, R"({"allow":false})"), 409));
  EXPECT_EQ(body_of(get("/v1/questions")).at("data").as_array().size(), 0U);
}

TEST_F(SiteQuestions, AreTooLateAtTheDeadline) {
  const auto id = ask();
  clock.advance(storage::Milliseconds(5000));
  EXPECT_TRUE(is_problem(answer(id, R"({"allow":true})"), 409));
}

TEST_F(SiteQuestions, NeedAVerdict) {
  EXPECT_EQ(pointers(answer(ask(), "{}")), std::vector<std::string>{"/allow"});
  EXPECT_EQ(pointers(answer(ask(), R"({"allow":"yes","reason":""})")), (std::vector<std::string>{"/allow", "/reason"}));
  EXPECT_TRUE(is_problem(answer("6ba7b810-9dad-41d1-80b4-00c04fd430c8", R"({"allow":true})"), 404));
}

TEST_F(SiteQuestions, AreWaitedFor) {
  const auto pending = begin({"GET", "/v1/questions?wait=30", {}});
  run_until([this] { return hub.waiting() == 1; });
  EXPECT_TRUE(hub.interests().back().answers);
  const auto id = ask();
  const auto data = body_of(finish(pending)).at("data");
  ASSERT_EQ(data.as_array().size(), 1U);
  EXPECT_EQ(text_of(data.as_array().at(0).as_object(), "id"), id);
}

TEST_F(SiteQuestions, StandInTheHistoryOfTheirUser) {
  const auto user = add_user("ada");
  answer(ask(user), R"({"allow":false})");
  const auto entry = body_of(get("/v1/users/" + user + "/history")).at("data").as_array().at(0).as_object();
  EXPECT_EQ(text_of(entry, "name"), "nopass.question.decided");
  EXPECT_EQ(text_of(entry, "by"), "site uid:33");
  EXPECT_EQ(entry.at("data").at("allow"), false);
}

TEST_F(SiteQuestions, FallBackWhenTheDaemonStartsAgain) {
  const auto id = ask();
  transact([](storage::Transaction& transaction) {
    storage::expire_open_questions(transaction, false);
    return true;
  });
  EXPECT_TRUE(is_problem(answer(id, R"({"allow":true})"), 409));
}

}  // namespace nopassd::testing
