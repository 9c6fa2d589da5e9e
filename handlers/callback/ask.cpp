#include "handlers/callback/ask.hpp"

#include "storage/lifecycle.hpp"

#include <algorithm>
#include <utility>

namespace nopassd::handlers::callback {

using storage::Question;
using storage::QuestionState;
using storage::Transaction;

namespace {

constexpr Consent consent_of(bool allowed) { return allowed ? Consent::site_allows : Consent::site_refuses; }

constexpr Consent consent_of(Policy policy) {
  switch (policy) {
    case Policy::accept:
      return Consent::policy_accepts;
    case Policy::deny:
      return Consent::policy_denies;
    case Policy::ask:
      return Consent::policy_asks;
  }
  return Consent::policy_denies;
}

// On what terms a question is asked now.
struct Terms {
  storage::Milliseconds timeout;
  bool anybody_answers;
  bool fallback;
};

// The first transaction's result: an outcome, or a question to wait for.
struct Asked {
  Outcome outcome;
  std::optional<Question> question;
  bool is_new = false;  // the question
  bool has_error() const { return !question && outcome.has_error(); }
};

Question add_question(Transaction& transaction, const Enquiry& enquiry, std::string user_id, const Terms& terms) {
  Question question;
  question.id = transaction.new_id();
  question.key = enquiry.key;
  question.callback = enquiry.callback;
  question.user_id = std::move(user_id);
  question.members = enquiry.members;
  question.asked_at = transaction.now();
  question.deadline = question.asked_at + terms.timeout;
  transaction.add_question(question);

  storage::LiveEvent event{"question.asked", "question/" + question.id, {}};
  event.data["questionId"] = question.id;
  event.data["callback"] = question.callback;
  event.data["deadline"] = storage::format_time(question.deadline);
  transaction.announce(std::move(event));
  return question;
}

Asked ask(Transaction& transaction, const Enquiry& enquiry, const Decide& decide, Consent consent, const Terms& terms) {
  Asked asked{decide(transaction, consent), std::nullopt, false};
  if (!asked.outcome.asks) return asked;
  const auto earlier = transaction.question_by_key(enquiry.key);
  if (earlier && earlier->state == QuestionState::open) {
    asked.question = earlier;
  } else if (earlier && enquiry.repeats_get_verdict) {
    asked.outcome = decide(transaction, consent_of(earlier->verdict.value_or(terms.fallback)));
  } else if (!terms.anybody_answers || transaction.open_questions() >= most_open_questions) {
    asked.outcome = decide(transaction, consent_of(terms.fallback));
    asked.outcome.word = Word::fallback;
  } else {
    asked.question = add_question(transaction, enquiry, *asked.outcome.asks, terms);
    asked.is_new = true;
  }
  return asked;
}

// The third part: the verdict is the site's, or by now the fallback.
Outcome conclude(Transaction& transaction, const std::string& id, const Decide& decide, bool fallback) {
  auto question = transaction.question(id);
  const bool recorded = question && question->verdict;
  const bool allowed = recorded ? *question->verdict : fallback;
  if (question && !recorded) {
    storage::expire_question(transaction, *question, fallback);
  }
  Outcome outcome = decide(transaction, consent_of(allowed));
  outcome.kept = !recorded;
  outcome.word = recorded && question->state == QuestionState::answered ? Word::answer : Word::fallback;
  return outcome;
}

Outcome counted(Metrics& metrics, Outcome outcome) {
  if (outcome.word == Word::answer) metrics.questions_answered.add();
  if (outcome.word == Word::fallback) metrics.questions_fallback.add();
  return outcome;
}

asio::awaitable<void> wait_for_answer(const Call& call, const Question& question) {
  Interest interest;
  interest.types = {"question.decided"};
  interest.subject = "question/" + question.id;
  interest.live = true;
  const auto subscription = call.services.notifications.subscribe(std::move(interest));
  storage::Store& store = call.services.store;
  const auto left = std::max(storage::Milliseconds{0}, question.deadline - store.now());
  const auto deadline = std::chrono::steady_clock::now() + left;
  for (bool woken = true; woken;) {
    auto look = [id = question.id](storage::Snapshot& snapshot) {
      const auto now = snapshot.question(id);
      return now && now->state == QuestionState::open;
    };
    const auto open = co_await store.read(std::move(look), storage::Lane::callback);
    if (open.has_error() || !*open) co_return;
    woken = co_await subscription->wait(deadline);
  }
}

}  // namespace

asio::awaitable<Outcome> decide_with_site(const Call& call, Policy policy, Enquiry enquiry, Decide decide,
                                          storage::Commit mode) {
  const Settings& settings = call.services.settings;
  const Terms terms{settings.question_timeout, call.services.notifications.anybody_answers(), settings.fallback_allows};
  // By value: the writer may still run it when this coroutine is gone.
  auto first = [enquiry, decide, consent = consent_of(policy), terms, cause = call.cause()](Transaction& transaction) {
    transaction.set_cause(cause);
    return ask(transaction, enquiry, decide, consent, terms);
  };
  auto asked = co_await call.services.store.transact(std::move(first), mode, storage::Lane::callback);
  if (asked.has_error()) co_return store_failed(asked.error());
  Metrics& metrics = call.services.metrics;
  if (!asked->question) co_return counted(metrics, std::move(asked->outcome));

  if (asked->is_new) metrics.questions_asked.add();
  const Question question = std::move(*asked->question);
  co_await wait_for_answer(call, question);
  Work last = [decide, id = question.id, fallback = terms.fallback](Transaction& transaction) {
    return conclude(transaction, id, decide, fallback);
  };
  Outcome outcome = co_await commit(call, std::move(last), mode);
  co_return counted(metrics, std::move(outcome));
}

}  // namespace nopassd::handlers::callback
