#include "handlers/callback/ask.hpp"

#include "tests/handlers/callback/callback_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

namespace nopassd::handlers::callback {
namespace {

using storage::Question;
using storage::QuestionState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Ask : public CallbackTest {
 protected:
  void SetUp() override {
    settings.validate_user_registration = settings.update_user = settings.add_users = Policy::ask;
    settings.question_timeout = std::chrono::minutes(1);  // long enough that only the answer ends the wait
    register_portal();
    add_user("jim");
  }
  struct Pending {
    std::optional<Reply> reply;
  };
  std::shared_ptr<Pending> begin(std::string_view name, std::string body) {
    auto pending = std::make_shared<Pending>();
    asio::co_spawn(store.io, sending({std::string(name), std::move(body)}),
                   [pending](std::exception_ptr, Reply done) { pending->reply = std::move(done); });
    return pending;
  }
  template <class Condition>
  void run_until(Condition condition) {
    store.io.restart();
    while (!condition() && store.io.run_one() != 0) {
    }
    ASSERT_TRUE(condition());
  }
  Reply end(const std::shared_ptr<Pending>& pending) {
    run_until([&] { return pending->reply.has_value(); });
    return *pending->reply;
  }
  // What PUT /v1/questions/{id}/answer does.
  void answer(const std::string& id, bool allow) {
    store.transact([id, allow](storage::Transaction& transaction) {
      Question question = transaction.question(id).value();
      question.state = QuestionState::answered;
      question.verdict = allow;
      transaction.update_question(question);
      transaction.announce({"question.decided", "question/" + id, {}});
      return true;
    });
    hub.ring(store.take_notices());
  }
  Question question(const std::string& id) {
    return store.read([id](storage::Snapshot& snapshot) { return snapshot.question(id); }).value();
  }
  // The id in the one question.asked that was announced.
  std::string asked() {
    run_until([this] { return hub.waiting() > 0; });
    const auto live = take_live();
    if (live.size() != 1 || live[0].type != "question.asked") return "";
    return live[0].data.at("questionId").as_string().c_str();
  }
  Reply answered(std::string_view name, std::string body, bool allow) {
    const auto pending = begin(name, std::move(body));
    answer(asked(), allow);
    return end(pending);
  }
  std::size_t open_questions() {
    return store.read([](storage::Snapshot& snapshot) { return snapshot.open_questions(); });
  }
};

const std::string new_user = R"({"otp":"otp-9","login":"Ann","givenName":"A","email":"a@x"})";

TEST_F(Ask, PutsTheQuestionWithItsMembersAndDeadline) {
  const auto pending = begin("ValidateUserRegistration", new_user);
  run_until([this] { return hub.waiting() > 0; });
  const auto live = take_live();
  ASSERT_EQ(live.size(), 1U);
  const std::string id = live[0].data.at("questionId").as_string().c_str();
  EXPECT_EQ(live[0].subject, "question/" + id);
  EXPECT_EQ(live[0].data.at("callback"), json::value("ValidateUserRegistration"));
  EXPECT_EQ(live[0].data.at("deadline"), json::value("2026-01-01T00:01:00Z"));
  const Question now = question(id);
  EXPECT_EQ(now.state, QuestionState::open);
  EXPECT_EQ(now.deadline, store.clock.now() + settings.question_timeout);
  EXPECT_EQ(now.members, (std::map<std::string, std::string>{{"login", "Ann"}, {"givenName", "A"}, {"email", "a@x"}}));
  EXPECT_FALSE(registration("otp-9"));
  answer(id, true);
  end(pending);
}

TEST_F(Ask, AppliesAYes) {
  expect_result(answered("ValidateUserRegistration", new_user, true), true);
  EXPECT_EQ(registration("otp-9")->state, storage::RegistrationState::validated);
  EXPECT_THAT(take_event_types(), ElementsAre("registration.validated"));
  const json::value update = {
      {"userId", "jim"}, {"portalId", portal_id}, {"updates", {{"login", {{"newValue", "james"}}}}}};
  expect_result(answered("UpdateUser", json::serialize(update), true), "OK");
  EXPECT_TRUE(user("james"));
  expect_result(answered("AddUsers", good_body(8), true), true);
  EXPECT_TRUE(user("ann"));
}

TEST_F(Ask, AppliesANo) {
  const Reply reply = answered("ValidateUserRegistration", new_user, false);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(parsed(reply).at("result"), json::value(false));
  EXPECT_THAT(codes(reply), ElementsAre("111"));
  EXPECT_FALSE(registration("otp-9"));
  expect_refusal(answered("UpdateUser", good_body(6), false), 400, "111");
  expect_refusal(answered("AddUsers", good_body(8), false), 400, "111");
  EXPECT_EQ(users().size(), 1U);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(Ask, AsksForANewLoginEvenWhereUpdatesAreAccepted) {
  settings.update_user = Policy::accept;
  const json::value update = {
      {"userId", "jim"}, {"portalId", portal_id}, {"updates", {{"login", {{"newValue", "james"}}}}}};
  const auto pending = begin("UpdateUser", json::serialize(update));
  const std::string id = asked();
  EXPECT_EQ(question(id).user_id, user("jim")->id);
  answer(id, false);
  expect_refusal(end(pending), 400, "111");
}

TEST_F(Ask, AppliesAndRecordsTheFallbackAtTheDeadline) {
  settings.question_timeout = storage::Milliseconds(20);
  for (const bool allowed : {false, true}) {
    settings.fallback_allows = allowed;
    const json::value body = {{"otp", allowed ? "otp-7" : "otp-8"}, {"login", "ann"}};
    const auto pending = begin("ValidateUserRegistration", json::serialize(body));
    const std::string id = asked();
    const Reply reply = end(pending);
    EXPECT_EQ(parsed(reply).at("result"), json::value(allowed));
    EXPECT_EQ(question(id).state, QuestionState::expired);
    EXPECT_EQ(question(id).verdict, allowed);
  }
}

TEST_F(Ask, CountsQuestionsAndWhoseWordDecided) {
  const auto counts = [this] {
    return std::vector<std::uint64_t>{metrics.questions_asked.value(), metrics.questions_answered.value(),
                                      metrics.questions_fallback.value()};
  };
  answered("ValidateUserRegistration", new_user, true);
  EXPECT_THAT(counts(), ElementsAre(1, 1, 0));
  expect_result(post("ValidateUserRegistration", new_user), true);
  EXPECT_THAT(counts(), ElementsAre(1, 1, 0)) << "a repeat";
  settings.question_timeout = storage::Milliseconds(20);
  end(begin("AddUsers", good_body(8)));
  EXPECT_THAT(counts(), ElementsAre(2, 1, 1)) << "nobody answered in time";
  hub.answering = false;
  post("UpdateUser", good_body(6));
  EXPECT_THAT(counts(), ElementsAre(2, 1, 2)) << "nobody could be asked";
}

TEST_F(Ask, RecordsTheFallbackOfARefusalThatChangesNothingElse) {
  settings.question_timeout = storage::Milliseconds(20);
  const auto pending = begin("AddUsers", good_body(8));
  const std::string id = asked();
  expect_refusal(end(pending), 400, "111");
  EXPECT_EQ(question(id).state, QuestionState::expired);
  EXPECT_EQ(question(id).verdict, false);
}

TEST_F(Ask, LetsARepeatedValidationJoinItsOpenQuestion) {
  const auto first = begin("ValidateUserRegistration", new_user);
  const std::string id = asked();
  const auto second = begin("ValidateUserRegistration", new_user);
  run_until([this] { return hub.waiting() == 2; });
  EXPECT_THAT(take_live(), IsEmpty());
  EXPECT_EQ(open_questions(), 1U);
  answer(id, true);
  expect_result(end(first), true);
  expect_result(end(second), true);
  EXPECT_THAT(take_event_types(), ElementsAre("registration.validated"));
}

TEST_F(Ask, DoesNotJoinTheQuestionOfAnotherLogin) {
  const auto first = begin("ValidateUserRegistration", new_user);
  asked();
  const auto second = begin("ValidateUserRegistration", R"({"otp":"otp-9","login":"eve"})");
  run_until([this] { return hub.waiting() == 2; });
  EXPECT_EQ(open_questions(), 2U);
  EXPECT_EQ(take_live().size(), 1U);
}

TEST_F(Ask, GivesTheRecordedVerdictToALaterRepeatOfAValidation) {
  answered("ValidateUserRegistration", new_user, false);
  const Reply again = post("ValidateUserRegistration", new_user);
  EXPECT_EQ(parsed(again).at("result"), json::value(false));
  EXPECT_THAT(take_live(), IsEmpty());
  EXPECT_EQ(open_questions(), 0U);
}

TEST_F(Ask, AppliesTheFallbackToAQuestionThatARestartLeftOpen) {
  {
    const auto abandoned = begin("ValidateUserRegistration", new_user);
    asked();
    store.clock.advance(settings.question_timeout);
  }
  const Reply reply = post("ValidateUserRegistration", new_user);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(parsed(reply).at("result"), json::value(false));
}

TEST_F(Ask, FallsBackAtOnceWhenNobodyAnswers) {
  hub.answering = false;
  EXPECT_EQ(parsed(post("ValidateUserRegistration", new_user)).at("result"), json::value(false));
  expect_refusal(post("UpdateUser", good_body(6)), 400, "111");
  settings.fallback_allows = true;
  expect_result(post("UpdateUser", good_body(6)), "OK");
  EXPECT_EQ(open_questions(), 0U);
  EXPECT_THAT(take_live(), IsEmpty());
}

TEST_F(Ask, FallsBackAtOnceWhen64QuestionsAreOpen) {
  store.transact([](storage::Transaction& transaction) {
    for (std::uint8_t i = 0; i < most_open_questions; ++i) {
      Question one;
      one.id = transaction.new_id();
      one.key[0] = i;
      one.asked_at = transaction.now();
      one.deadline = transaction.now() + std::chrono::minutes(1);
      transaction.add_question(one);
    }
    return true;
  });
  EXPECT_EQ(parsed(post("ValidateUserRegistration", new_user)).at("result"), json::value(false));
  EXPECT_EQ(open_questions(), most_open_questions);
}

TEST_F(Ask, DoesNotAskWhereThePolicyOrTheRecordDecides) {
  expect_result(post("UpdateUser", R"({"userId":"jim","portalId":"portal-5f3a","updates":{}})"), "OK");
  expect_result(post("AddUsers", R"({"users":[],"portalId":"portal-5f3a"})"), true);
  expect_refusal(post("UpdateUser", R"({"userId":"eve","portalId":"portal-5f3a","updates":{}})"), 404, "107");
  start_registration("otp-9", "ann");
  expect_result(post("ValidateUserRegistration", new_user), true);
  EXPECT_THAT(take_live(), IsEmpty());
}

TEST_F(Ask, LooksAgainAtEverythingAfterTheAnswer) {
  const auto pending = begin("ValidateUserRegistration", new_user);
  const std::string id = asked();
  add_user("ann");
  answer(id, true);
  const Reply reply = end(pending);
  EXPECT_EQ(parsed(reply).at("result"), json::value(false));
  EXPECT_THAT(codes(reply), ElementsAre("108"));

  const auto disabled = begin("UpdateUser", good_body(6));
  const std::string other = asked();
  post("DisableService", good_body(10));
  answer(other, true);
  expect_refusal(end(disabled), 403, "112");
  EXPECT_EQ(user("jim")->profile.given_name, "");
}

TEST_F(Ask, SharesNoSecretWithTheQuestion) {
  const auto pending = begin("ValidateUserRegistration", new_user);
  const std::string id = asked();
  for (const auto& [name, value] : question(id).members) EXPECT_NE(value, "otp-9") << name;
  answer(id, false);
  end(pending);
}

}  // namespace
}  // namespace nopassd::handlers::callback
