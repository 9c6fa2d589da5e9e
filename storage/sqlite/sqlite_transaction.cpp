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
  questions_.forget_user(id);
  erased_ = true;
}

void SqliteTransaction::append(EventDraft draft) {
  Event event;
  event.id = new_id();
  event.time = now_;
  event.type = std::move(draft.type);
  event.subject = std::move(draft.subject);
  event.data = boost::json::serialize(draft.data);
  const std::int64_t sequence = events_.append(event);
  notice_.events.push_back({sequence, std::move(event.type), std::move(event.subject)});
}

std::size_t SqliteTransaction::remove_ended(TimePoint before, std::size_t limit) {
  std::size_t removed = sessions_.remove_ended(before, limit);
  removed += registrations_.remove_ended(before, limit);
  removed += questions_.remove_ended(before, limit);
  return removed;
}

}  // namespace nopassd::storage
