#include "storage/sqlite/sqlite_transaction.hpp"

#include <boost/json/serialize.hpp>

namespace nopassd::storage {

void SqliteTransaction::begin_batch() {
  notice_ = {};
  portal_saved_ = false;
  erased_ = false;
}

void SqliteTransaction::begin_piece(TimePoint now) {
  set_now(now);
  events_before_ = notice_.events.size();
  live_before_ = notice_.live.size();
  saved_by_piece_ = false;
  cause_ = "daemon";
}

void SqliteTransaction::discard_piece() {
  notice_.events.resize(events_before_);
  notice_.live.resize(live_before_);
  if (saved_by_piece_) known_portal_.reset();
}

void SqliteTransaction::discard_batch() {
  begin_batch();
  known_portal_.reset();
}

Portal SqliteTransaction::portal() {
  if (!known_portal_) known_portal_ = portal_.load();
  return *known_portal_;
}

void SqliteTransaction::save_portal(const Portal& portal) {
  saved_by_piece_ = true;
  portal_saved_ = true;
  known_portal_.reset();
  portal_.save(portal);
  known_portal_ = portal;
}

void SqliteTransaction::erase_user(std::string_view id) {
  const std::optional<User> user = users_.find(id);
  if (!user) throw std::logic_error("no such user to erase");
  users_.erase(id, login_digest(user->login_key), now_);
  sessions_.forget_user(id);
  registrations_.forget_user(id);
  registrations_.forget_login(user->login_key);
  questions_.forget_user(id);
  history_.forget_user(id);
  events_.forget_reasons(id);
  erased_ = true;
}

// What is taken out of records that are nobody's may be of somebody who was erased before.
void SqliteTransaction::update_registration(const Registration& registration) {
  registrations_.update(registration);
  if (registration.ended_at && registration.login_key.empty()) erased_ = true;
}

void SqliteTransaction::update_question(const Question& question) {
  questions_.update(question);
  if (question.state != QuestionState::open && question.user_id.empty()) erased_ = true;
}

void SqliteTransaction::append(EventDraft draft) {
  Event event;
  event.id = new_id();
  event.time = now_;
  event.type = std::move(draft.type);
  event.subject = std::move(draft.subject);
  event.data = boost::json::serialize(draft.data);
  const std::int64_t sequence = events_.append(event);
  // What is said last of a user has nobody left whose history it could be.
  const auto* user_id = event.type == "user.erased" ? nullptr : draft.data.if_contains("userId");
  if (user_id != nullptr) {
    const auto& text = user_id->as_string();
    note({text.data(), text.size()}, {event.id, {}, event.type, {}, event.subject, event.data});
  }
  notice_.events.push_back({sequence, std::move(event.type), std::move(event.subject)});
}

void SqliteTransaction::note(std::string_view user_id, HistoryEntry entry) {
  if (entry.id.empty()) entry.id = new_id();
  entry.time = now_;
  entry.cause = cause_;
  history_.add(user_id, entry);
}

std::size_t SqliteTransaction::remove_ended(TimePoint before, std::size_t limit) {
  std::size_t removed = sessions_.remove_ended(before, limit);
  removed += registrations_.remove_ended(before, limit);
  removed += questions_.remove_ended(before, limit);
  return removed;
}

}  // namespace nopassd::storage
