#include "handlers/site/hook_questions.hpp"

#include "handlers/site/body.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/hook_call.hpp"
#include "handlers/site/hook_message.hpp"
#include "handlers/site/hook_state.hpp"
#include "handlers/site/question_view.hpp"
#include "storage/lifecycle.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Milliseconds;
using storage::Question;
using storage::QuestionState;

namespace {

bool is_open(const Question& question, storage::TimePoint now) {
  return question.state == QuestionState::open && question.deadline > now;
}

struct Answer {
  bool allow = false;
  std::string reason;
};

std::optional<Answer> answer_in(const HookReply& reply) {
  if (reply.status != 200) return std::nullopt;
  Faults faults;
  const auto body = parse_body(reply.body, faults);
  if (!body) return std::nullopt;
  const json::value* allow = member(*body, "allow");
  const std::string reason = text_member(*body, "reason", {}, faults).value_or("");
  if (allow == nullptr || !allow->is_bool() || !faults.empty()) return std::nullopt;
  return Answer{allow->get_bool(), reason};
}

/// The hook as it is now, where it is still asked and nothing but its state has changed since.
std::optional<storage::Hook> still_asked(storage::Snapshot& snapshot, const storage::Hook& then) {
  auto now = snapshot.hook(then.name);
  if (!now || !is_asked(*now) || !is_same_address(then, *now)) return std::nullopt;
  return now;
}

void conclude(storage::Transaction& transaction, const HookQuestion& asked, const std::optional<Answer>& answer,
              const HookReply& reply) {
  auto hook = still_asked(transaction, asked.hook);
  if (!hook) return;
  transaction.set_cause("hook " + hook->name);
  if (!answer) {
    const std::string why = took(reply) ? "the answer to a question has no \"allow\" of true or false" : why_not(reply);
    note_unanswered(transaction, *hook, reply, why);
    return;
  }
  auto question = transaction.question(asked.question.id);
  if (!question || !is_open(*question, transaction.now())) return;
  storage::answer_question(transaction, *question, answer->allow, answer->reason);
}

HookMessage question_message(const Services& services, const Question& question) {
  const storage::LiveEvent event{"question.asked", "question/" + question.id, question_view(question, all_scopes())};
  return {question.id, live_json(event, question.id, question.asked_at, services.settings.event_source)};
}

}  // namespace

asio::awaitable<std::vector<HookQuestion>> hooks_to_ask(const Services& services, std::string question_id) {
  auto work = [question_id](storage::Snapshot& snapshot) {
    std::vector<HookQuestion> asked;
    const auto question = snapshot.question(question_id);
    if (!question || !is_open(*question, snapshot.now())) return asked;
    for (storage::Hook& hook : snapshot.hooks()) {
      if (is_asked(hook)) asked.push_back({std::move(hook), *question});
    }
    return asked;
  };
  auto found = co_await services.store.read(std::move(work));
  if (!found) co_return std::vector<HookQuestion>{};
  co_return std::move(*found);
}

asio::awaitable<void> ask_hook(const Services& services, HookQuestion asked) {
  HookRequest request = signed_request(asked.hook, question_message(services, asked.question), services.store.now());
  request.timeout = std::min(request.timeout, asked.question.deadline - services.store.now());
  if (request.timeout <= Milliseconds{0}) co_return;
  const HookReply reply = co_await call_hook(services, std::move(request));
  if (reply.status == 0 && reply.detail.empty()) co_return;  // the daemon is stopping
  const auto answer = answer_in(reply);
  (answer ? services.metrics.hooks_delivered : services.metrics.hooks_failed).add();
  auto work = [asked, answer, reply](storage::Transaction& transaction) {
    conclude(transaction, asked, answer, reply);
    return true;
  };
  co_await services.store.transact(std::move(work));
}

}  // namespace nopassd::handlers::site
