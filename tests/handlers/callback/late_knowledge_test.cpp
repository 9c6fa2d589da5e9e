#include "handlers/callback/late_knowledge.hpp"

#include "tests/handlers/callback/callback_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;

class LateKnowledge : public CallbackTest {
 protected:
  void SetUp() override {
    settings.own_calls = true;
    settings.patience = std::chrono::minutes(1);  // long enough that only being woken ends the wait
    register_portal();
  }
  // Sends the request, lets it wait, and then does what it waits for.
  template <class Arrival>
  Reply while_waiting(const Sent& sent, Arrival arrive) {
    std::optional<Reply> reply;
    asio::co_spawn(store.io, sending(sent), [&](std::exception_ptr, Reply done) { reply = std::move(done); });
    run_until([this] { return hub.waiting() == 1; });
    store.take_notices();
    arrive();
    hub.ring(store.take_notices());
    run_until([&] { return reply.has_value(); });
    return *reply;
  }
  template <class Condition>
  void run_until(Condition condition) {
    store.io.restart();
    while (!condition() && store.io.run_one() != 0) {
    }
    ASSERT_TRUE(condition());
  }
};

TEST_F(LateKnowledge, WaitsForTheAuthIdOfAPicture) {
  expect_result(while_waiting({"UpdatePicture", good_body(2)}, [&] { start_session("auth-1", "jim"); }), "OK");
}

TEST_F(LateKnowledge, WaitsForTheAuthIdOfAVerdict) {
  expect_result(while_waiting({"AuthorizedUser", good_body(5)}, [&] { start_session("auth-1", "jim"); }), true);
}

TEST_F(LateKnowledge, WaitsForTheAuthIdOfAClose) {
  expect_result(while_waiting({"CloseSession", good_body(9)}, [&] { start_session("auth-1", "jim"); }), true);
}

TEST_F(LateKnowledge, WaitsForTheOtpOfAValidation) {
  expect_result(while_waiting({"ValidateUserRegistration", good_body(3)}, [&] { start_registration("otp-1", "jim"); }),
                true);
  EXPECT_EQ(registration("otp-1")->started_by, storage::Party::site);
}

TEST_F(LateKnowledge, WaitsForTheOtpOfAConfirmation) {
  expect_result(while_waiting({"ConfirmUserRegistration", good_body(4)}, [&] { start_registration("otp-1", "jim"); }),
                "OK");
}

TEST_F(LateKnowledge, SleepsOnWhenSomebodyElsesBecomesKnown) {
  const Reply reply = while_waiting({"AuthorizedUser", good_body(5)}, [&] {
    start_session("auth-2", "ann");
    hub.ring(store.take_notices());
    run_until([&] { return hub.waiting() == 1; });
    start_session("auth-1", "jim");
  });
  expect_result(reply, true);
  EXPECT_EQ(session("auth-2").state, storage::SessionState::pending);
}

TEST_F(LateKnowledge, TakesEffectInTheOrderOfArrival) {
  std::vector<Reply> replies;
  const auto note = [&](std::exception_ptr, Reply reply) { replies.push_back(std::move(reply)); };
  const Sent denial{"AuthorizedUser", R"({"authId":"auth-1","isAuthorized":false,"reason":"not me"})"};
  asio::co_spawn(store.io, sending(denial), note);
  run_until([this] { return hub.waiting() == 1; });
  for (int i = 0; i < 5; ++i) asio::co_spawn(store.io, sending({"AuthorizedUser", good_body(5)}), note);
  store.io.poll();
  start_session("auth-1", "jim");
  hub.ring(store.take_notices());
  run_until([&] { return replies.size() == 6; });
  expect_result(replies.front(), true);
  for (std::size_t i = 1; i < replies.size(); ++i) expect_refusal(replies[i], 400, "109");
  EXPECT_EQ(session("auth-1").state, storage::SessionState::denied);
}

TEST_F(LateKnowledge, MeasuresPatienceFromTheArrival) {
  settings.patience = storage::Milliseconds(300);
  const auto began = std::chrono::steady_clock::now();
  std::vector<Reply> replies;
  const auto note = [&](std::exception_ptr, Reply reply) { replies.push_back(std::move(reply)); };
  for (int i = 0; i < 8; ++i) asio::co_spawn(store.io, sending({"AuthorizedUser", good_body(5)}), note);
  run_until([&] { return replies.size() == 8; });
  for (const Reply& reply : replies) expect_refusal(reply, 404, "105");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 8 * settings.patience) << "not one after the other";
}

TEST_F(LateKnowledge, FailsAtTheEndOfItsPatience) {
  settings.patience = storage::Milliseconds(20);
  expect_refusal(post("UpdatePicture", good_body(2)), 404, "105");
  expect_refusal(post("AuthorizedUser", good_body(5)), 404, "105");
  expect_refusal(post("CloseSession", good_body(9)), 404, "105");
  expect_refusal(post("ConfirmUserRegistration", good_body(4)), 404, "106");
  EXPECT_EQ(hub.subscribed(), 0U);
}

TEST_F(LateKnowledge, GoesOnWithAValidationThatNoPassStarted) {
  settings.patience = storage::Milliseconds(20);
  settings.validate_user_registration = Policy::accept;
  expect_result(post("ValidateUserRegistration", good_body(3)), true);
  EXPECT_EQ(registration("otp-1")->started_by, storage::Party::nopass);
}

TEST_F(LateKnowledge, DoesNotWaitForWhatNeedsNoRecord) {
  expect_refusal(post("AuthorizedUser", R"({"authId":"auth-1"})"), 400, "102");
  expect_refusal(post("CloseSession", R"({"authId":"auth-1","portalId":"other"})"), 400, "104");
}

TEST_F(LateKnowledge, DoesNotWaitForAKnownKeyInAWrongState) {
  start_session("auth-1", "jim");
  store.clock.advance(settings.session_lifetime);
  expect_refusal(post("AuthorizedUser", good_body(5)), 400, "109");
  start_registration("otp-1", "jim");
  store.clock.advance(settings.registration_lifetime);
  expect_refusal(post("ConfirmUserRegistration", good_body(4)), 404, "106");
}

TEST_F(LateKnowledge, DoesNotWaitWithoutCallsOfTheSitesOwn) {
  settings.own_calls = false;
  expect_refusal(post("AuthorizedUser", good_body(5)), 404, "105");
  settings.own_calls = true;
  settings.patience = storage::Milliseconds(0);
  expect_refusal(post("AuthorizedUser", good_body(5)), 404, "105");
}

TEST_F(LateKnowledge, AnswersAtOnceWhenTooManyWaitForOneCaller) {
  std::vector<Patience::Place> places;
  for (std::size_t i = 0; i < Patience::most_for_one_caller; ++i) places.push_back(patience.take(console));
  expect_refusal(post("AuthorizedUser", good_body(5)), 404, "105");
  settings.validate_user_registration = Policy::accept;
  expect_result(post("ValidateUserRegistration", good_body(3)), true);
  places.clear();
  expect_result(while_waiting({"AuthorizedUser", good_body(5)}, [&] { start_session("auth-1", "jim"); }), true);
}

}  // namespace
}  // namespace nopassd::handlers::callback
