// Questions: docs/site-api.md, "Questions". handlers/callback/ask.hpp asks them.
#include "handlers/site/authorization.hpp"
#include "handlers/site/body.hpp"
#include "handlers/site/question_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Question;
using storage::QuestionState;

namespace {

/// More than are ever open at once.
constexpr std::size_t most_listed = 100;

json::object answered_view(const Question& question) {
  json::object view = question_head(question);
  view["state"] = storage::name_of(question.state);
  view["allow"] = question.verdict.value_or(false);
  return view;
}

/// A required true or false.
bool allow_member(Call& call) {
  const json::value* value = member(call.body, "allow");
  if (value != nullptr && value->is_bool()) return value->get_bool();
  call.faults.body("/allow", value == nullptr ? "is required" : "must be true or false");
  return false;
}

}  // namespace

asio::awaitable<Reply> list_questions(Call& call) {
  const std::chrono::seconds wait(call.query.number("wait", {0, 60, 0}, call.faults));
  if (!call.faults.empty()) co_return refuse(call.faults);
  const auto deadline = std::chrono::steady_clock::now() + wait;
  Interest interest;
  interest.types = {"question.asked"};
  interest.live = true;
  interest.answers = true;
  const auto subscription = call.services.notifications.subscribe(std::move(interest));
  for (bool again = true;;) {
    auto work = [](storage::Snapshot& snapshot) { return snapshot.questions_to_answer(most_listed); };
    const auto open = co_await call.services.store.read(std::move(work));
    if (!open) co_return store_trouble(open.error());
    if (!open->empty() || !again) {
      json::array data;
      for (const Question& question : *open) data.push_back(question_view(question, call.peer.scopes));
      json::object body;
      body["data"] = std::move(data);
      co_return json_reply(200, body);
    }
    again = co_await subscription->wait(deadline);
    if (auto refusal = co_await check_again(call)) co_return std::move(*refusal);
  }
}

asio::awaitable<Reply> answer_question(Call& call) {
  const bool allow = allow_member(call);
  const std::string reason = text_member(call.body, "reason", {}, call.faults).value_or("");
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [id = uuid_from(call.path.front()), allow, reason](storage::Transaction& transaction) {
    using Result = Outcome<Question>;
    auto question = id ? transaction.question(*id) : std::nullopt;
    if (!question) return Result(Refused{404, "no such question"});
    if (question->state == QuestionState::answered) return Result(Refused{409, "the question is answered already"});
    if (question->state == QuestionState::expired || question->deadline <= transaction.now()) {
      return Result(Refused{409, "the deadline has passed: policy.fallback was the answer"});
    }
    storage::answer_question(transaction, *question, allow, reason);
    return Result(std::move(*question));
  };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return json_reply(200, answered_view(**done));
}

}  // namespace nopassd::handlers::site
