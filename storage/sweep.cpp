#include "storage/sweep.hpp"

#include "storage/lifecycle.hpp"

namespace nopassd::storage {

namespace {

std::size_t expire_sessions(Transaction& transaction, std::size_t limit) {
  std::vector<Session> sessions = transaction.sessions_past_expiry(limit);
  for (Session& session : sessions) end_session(transaction, session, SessionState::expired, Party::daemon_operator);
  return sessions.size();
}

std::size_t expire_registrations(Transaction& transaction, std::size_t limit) {
  std::vector<Registration> registrations = transaction.registrations_past_expiry(limit);
  for (Registration& registration : registrations) {
    end_registration(transaction, registration, RegistrationState::expired);
  }
  return registrations.size();
}

std::size_t expire_questions(Transaction& transaction, std::size_t limit) {
  std::vector<Question> questions = transaction.questions_past_deadline(limit);
  for (Question& question : questions) {
    question.state = QuestionState::expired;
    question.members.clear();
    transaction.update_question(question);
  }
  return questions.size();
}

std::size_t erase_users(Transaction& transaction, Milliseconds longest_question, std::size_t limit) {
  const std::vector<User> users = transaction.users_to_erase(longest_question, limit);
  for (const User& user : users) {
    transaction.erase_user(user.id);
    transaction.append(user_event("erased", user));
  }
  return users.size();
}

std::size_t tidy_portal(Transaction& transaction, const Retention& retention) {
  Portal portal = transaction.portal();
  std::size_t changes = 0;
  if (portal.window && portal.window->expires_at <= transaction.now()) {
    portal.window.reset();
    ++changes;
  }
  if (portal.state == PortalState::disabled && portal.disabled_at && !portal.auth_token.empty() &&
      *portal.disabled_at + retention.sealed_token <= transaction.now()) {
    portal.auth_token.clear();
    ++changes;
  }
  if (changes != 0) transaction.save_portal(portal);
  return changes;
}

std::size_t retire_consumers(Transaction& transaction, Milliseconds timeout, std::size_t limit) {
  std::size_t changes = 0;
  for (Consumer& consumer : transaction.consumers()) {
    if (changes == limit) break;
    if (consumer.retired || consumer.last_seen + timeout > transaction.now()) continue;
    consumer.retired = true;
    transaction.update_consumer(consumer);
    EventDraft draft{"consumer.retired", "consumer/" + consumer.name, {}};
    draft.data["name"] = consumer.name;
    transaction.append(std::move(draft));
    ++changes;
  }
  return changes;
}

}  // namespace

std::size_t sweep_step(Transaction& transaction, const Retention& retention, std::size_t limit) {
  const TimePoint now = transaction.now();
  std::size_t changes = expire_sessions(transaction, limit);
  changes += expire_registrations(transaction, limit);
  changes += expire_questions(transaction, limit);
  changes += erase_users(transaction, retention.nopass_question, limit);
  changes += tidy_portal(transaction, retention);
  changes += retire_consumers(transaction, retention.consumer_timeout, limit);
  changes += transaction.remove_expired_access_tokens(limit);
  changes += transaction.remove_login_starts(now - retention.login_starts, limit);
  changes += transaction.remove_ended(now - retention.ended_records, limit);
  changes += transaction.remove_events(now - retention.events, retention.events_at_most, limit);
  return changes;
}

}  // namespace nopassd::storage
