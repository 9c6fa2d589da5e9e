#include "handlers/site/hook_questions.hpp"

#include "handlers/site/hook_message.hpp"
#include "tests/handlers/site/hook_fixture.hpp"

namespace nopassd::testing {

using storage::QuestionState;
using ::testing::ElementsAre;

class HookQuestions : public HookTest {
 protected:
  HookQuestions() { make_hook(R"(,"answers":true)"); }

  std::string ask() {
    return transact([](storage::Transaction& transaction) {
      storage::Question question;
      question.id = transaction.new_id();
      question.callback = "UpdateUser";
      question.members = {{"login", "ada"}, {"phoneNumber", "+374"}, {"givenName", "Ada"}};
      question.asked_at = transaction.now();
      question.deadline = transaction.now() + storage::Milliseconds(5000);
      transaction.add_question(question);
      return question.id;
    });
  }
  std::vector<std::string> asked(std::string id) {
    std::vector<std::string> names;
    for (const auto& each : run_on(io, site::hooks_to_ask(services(), std::move(id)))) names.push_back(each.hook.name);
    return names;
  }
  /// Asks the hook and returns what became of the question.
  storage::Question put_to_hook(const std::string& id) {
    for (auto& each : run_on(io, site::hooks_to_ask(services(), id))) run_on(io, site::ask_hook(services(), each));
    return question(id);
  }
  storage::Question question(std::string id) {
    return transact([id](storage::Transaction& transaction) { return transaction.question(id).value(); });
  }
};

TEST_F(HookQuestions, AreAnsweredByAReply) {
  const auto id = ask();
  hook_caller.answer(200, R"({"allow":true,"reason":"known"})");
  const auto answered = put_to_hook(id);
  EXPECT_EQ(answered.state, QuestionState::answered);
  EXPECT_EQ(answered.verdict, true);
  EXPECT_EQ(answered.reason, "") << "words about nobody's user are not kept";
  EXPECT_EQ(metrics.hooks_delivered.value(), 1U);
}

TEST_F(HookQuestions, CarryEveryValueSigned) {
  const auto id = ask();
  put_to_hook(id);
  ASSERT_EQ(hook_caller.sent.size(), 1U);
  const json::object expected{{"specversion", "1.0"},
                              {"id", id},
                              {"source", "/nopassd/main"},
                              {"type", "nopass.question.asked"},
                              {"subject", "question/" + id},
                              {"datacontenttype", "application/json"},
                              {"time", "2026-01-01T00:00:00Z"},
                              {"data",
                               {{"type", "question"},
                                {"id", id},
                                {"callback", "UpdateUser"},
                                {"askedAt", "2026-01-01T00:00:00Z"},
                                {"deadline", "2026-01-01T00:00:05Z"},
                                {"givenName", "Ada"},
                                {"login", "ada"},
                                {"phoneNumber", "+374"}}}};
  EXPECT_EQ(json::parse(hook_caller.sent[0].body), expected);
  EXPECT_EQ(hook_caller.header(0, "webhook-signature"),
            site::hook_signature(hook().secret, id, "1767225600", hook_caller.sent[0].body));
  EXPECT_EQ(hook_caller.sent[0].timeout, storage::Milliseconds(5000));
}

TEST_F(HookQuestions, StayOpenWithoutAProperAnswer) {
  for (const char* body : {"", "{}", "[]", "true", R"({"allow":"yes"})", R"({"allow":null})",
                           R"({"allow":true,"allow":false})", R"({"allow":true,"reason":7})"}) {
    const auto id = ask();
    hook_caller.answer(200, body);
    EXPECT_EQ(put_to_hook(id).state, QuestionState::open) << body;
    EXPECT_EQ(hook().last_error->detail, "the answer to a question has no \"allow\" of true or false") << body;
  }
  const auto id = ask();
  hook_caller.answer(500, R"({"allow":true})");
  EXPECT_EQ(put_to_hook(id).state, QuestionState::open);
  EXPECT_EQ(hook().last_error->detail, "answered 500");
  EXPECT_EQ(hook().failures, 0);
  EXPECT_EQ(metrics.hooks_delivered.value(), 0U);
}

TEST_F(HookQuestions, GoToThoseAloneThatAnswerAndAreNotPaused) {
  make_hook("", "deaf");
  make_hook(R"(,"answers":true)", "oracle");
  const auto id = ask();
  EXPECT_THAT(asked(id), ElementsAre("oracle", "shop"));
  hook_caller.answer(410);
  hook_caller.answer(200, R"({"allow":false})");
  const auto answered = put_to_hook(id);
  EXPECT_EQ(answered.verdict, false);
  EXPECT_TRUE(hook("oracle").paused);
  EXPECT_THAT(asked(ask()), ElementsAre("shop"));
}

TEST_F(HookQuestions, AreAnsweredOnce) {
  const auto id = ask();
  hook_caller.meanwhile = [&] { put("/v1/questions/" + id + "/answer", R"({"allow":false})"); };
  hook_caller.answer(200, R"({"allow":true})");
  EXPECT_EQ(put_to_hook(id).verdict, false);
  EXPECT_THAT(asked(id), ElementsAre());
}

TEST_F(HookQuestions, AreTooLateAtTheDeadline) {
  const auto id = ask();
  hook_caller.meanwhile = [this] { clock.advance(storage::Milliseconds(5000)); };
  hook_caller.answer(200, R"({"allow":true})");
  EXPECT_EQ(put_to_hook(id).state, QuestionState::open);
}

TEST_F(HookQuestions, AreNotAnsweredByAHookThatIsGone) {
  const auto id = ask();
  hook_caller.meanwhile = [this] { remove("/v1/hooks/shop"); };
  hook_caller.answer(200, R"({"allow":true})");
  EXPECT_EQ(put_to_hook(id).state, QuestionState::open);
}

TEST_F(HookQuestions, SayInTheHistoryWhichHookAnswered) {
  const auto user = add_user("ada");
  const auto id = ask();
  transact([id, user](storage::Transaction& transaction) {
    auto about = transaction.question(id).value();
    about.user_id = user;
    about.id = transaction.new_id();
    about.key = {1};
    transaction.add_question(about);
    return true;
  });
  const auto open = body_of(get("/v1/questions")).at("data").as_array();
  hook_caller.answer(200, R"({"allow":true})");
  for (const auto& each : open) {
    if (each.as_object().contains("userId")) put_to_hook(text_of(each.as_object(), "id"));
  }
  const auto entry = body_of(get("/v1/users/" + user + "/history")).at("data").as_array().at(0).as_object();
  EXPECT_EQ(text_of(entry, "name"), "nopass.question.decided");
  EXPECT_EQ(text_of(entry, "by"), "hook shop");
}

}  // namespace nopassd::testing
