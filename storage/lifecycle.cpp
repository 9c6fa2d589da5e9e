#include "storage/lifecycle.hpp"

#include <boost/json/serialize.hpp>

#include <limits>

namespace nopassd::storage {

namespace {

/// A login that a user had, and that nobody has now.
bool was_somebodys(Transaction& transaction, const std::string& login_key) {
  if (login_key.empty() || transaction.user_by_login(login_key)) return false;
  return transaction.deleted_user_by_login(login_key) || transaction.former_login(login_key);
}

void decide_question(Transaction& transaction, Question& question, bool verdict, std::string_view by) {
  // Words about somebody who is nobody's user, or no longer one, would stay when he is erased.
  const auto user = question.user_id.empty() ? std::nullopt : transaction.user(question.user_id);
  const bool is_known = user && user->state != UserState::deleted;
  question.verdict = verdict;
  question.members.clear();
  if (!is_known) question.reason.clear();
  transaction.update_question(question);
  if (!is_known) return;
  const boost::json::object data{
      {"questionId", question.id}, {"callback", question.callback}, {"allow", verdict}, {"by", by}};
  transaction.note(question.user_id,
                   {{}, {}, "question.decided", {}, "question/" + question.id, boost::json::serialize(data)});
}

}  // namespace

SessionState effective_state(const Session& session, TimePoint now) {
  return !is_final(session.state) && session.expires_at <= now ? SessionState::expired : session.state;
}

RegistrationState effective_state(const Registration& registration, TimePoint now) {
  const bool open =
      registration.state == RegistrationState::started || registration.state == RegistrationState::validated;
  return open && registration.expires_at <= now ? RegistrationState::expired : registration.state;
}

std::int64_t lag_of(Snapshot& snapshot, const Consumer& consumer) {
  const std::int64_t last = snapshot.event_log().last;
  if (consumer.types.empty()) return std::max<std::int64_t>(0, last - consumer.acknowledged);
  EventQuery query;
  query.after = consumer.acknowledged;
  query.limit = 1;
  query.types = consumer.types;
  const EventPage page = snapshot.events_after(query);
  return page.events.empty() ? 0 : last - page.events.front().sequence + 1;
}

bool is_final(SessionState state) {
  return state == SessionState::closed || state == SessionState::denied || state == SessionState::expired ||
         state == SessionState::cancelled;
}

void end_session(Transaction& transaction, Session& session, SessionState final_state, Party by) {
  session.state = final_state;
  session.ended_at = transaction.now();
  transaction.update_session(session);
  transaction.drop_picture(session.id);
  EventDraft draft = session_event(name_of(final_state), session);
  if (final_state == SessionState::closed) draft.data["by"] = name_of(by);
  transaction.append(std::move(draft));
}

void close_sessions(Transaction& transaction, std::string_view user_id, Party by) {
  constexpr std::size_t at_once = 500;
  for (;;) {
    std::vector<Session> live = transaction.live_sessions(user_id, at_once);
    for (Session& session : live) {
      const bool expired = effective_state(session, transaction.now()) == SessionState::expired;
      end_session(transaction, session, expired ? SessionState::expired : SessionState::closed, by);
    }
    if (live.size() < at_once) return;
  }
}

void end_registration(Transaction& transaction, Registration& registration, RegistrationState final_state) {
  registration.state = final_state;
  registration.ended_at = transaction.now();
  registration.profile = {};
  registration.login.clear();
  const bool confirmed = final_state == RegistrationState::confirmed;
  const bool is_compared = confirmed || !registration.asked_login_key.empty();
  const bool is_nobodys = !confirmed && (was_somebodys(transaction, registration.login_key) ||
                                         was_somebodys(transaction, registration.asked_login_key));
  if (!is_compared || is_nobodys) {
    registration.login_key.clear();
    registration.asked_login_key.clear();
  }
  transaction.update_registration(registration);
  if (!confirmed) transaction.append(registration_event(name_of(final_state), registration));
}

void suspend_user(Transaction& transaction, User& user, Milliseconds erase_after, Party by) {
  close_sessions(transaction, user.id, by);
  user.state = UserState::deleting;
  user.deleted_at = transaction.now();
  user.erase_at = transaction.now() + erase_after;
  transaction.update_user(user);
  transaction.append(user_event("deleted", user));
  if (erase_after.count() > 0 || user.ask_nopass_at) return;
  transaction.erase_user(user.id);
  user.state = UserState::deleted;
  transaction.append(user_event("erased", user));
}

void answer_question(Transaction& transaction, Question& question, bool allow, std::string reason) {
  question.state = QuestionState::answered;
  question.reason = std::move(reason);
  decide_question(transaction, question, allow, "site");
  transaction.announce({"question.decided", "question/" + question.id, {}});
}

void expire_question(Transaction& transaction, Question& question, bool fallback) {
  question.state = QuestionState::expired;
  decide_question(transaction, question, fallback, "fallback");
}

void expire_open_questions(Transaction& transaction, bool fallback) {
  for (Question& question : transaction.questions_to_answer(std::numeric_limits<std::int32_t>::max())) {
    expire_question(transaction, question, fallback);
  }
}

}  // namespace nopassd::storage
