#pragma once
// Sessions and what they show. Functions throw as throw_database_error does, and std::logic_error for a change to a
// session that is not there.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class SessionTable {
 public:
  explicit SessionTable(Connection& connection) : connection_(connection) {}

  std::optional<Session> find(std::string_view id);
  std::optional<Session> find_by_auth_id(const Digest& auth_id);
  std::optional<Session> find_by_ticket(const Digest& ticket);
  Page<Session> list(const SessionFilter& filter, PageRequest page, TimePoint now);
  std::vector<Session> live(std::string_view user_id, std::size_t limit);
  std::vector<Session> past_expiry(TimePoint now, std::size_t limit);

  void add(const Session& session);
  void update(const Session& session);
  /// Removes final ones with their pictures, the longest ended first; returns how many.
  std::size_t remove_ended(TimePoint before, std::size_t limit);
  /// Wipes what a user's sessions hold of his person.
  void forget_user(std::string_view user_id);

  std::optional<Picture> picture(std::string_view id);
  std::optional<std::int64_t> show_picture(std::string_view id, std::string_view png, TimePoint next_change_at);
  /// The version stays, so that a later picture does not count from 1 again.
  void drop_picture(std::string_view id);

 private:
  std::int64_t row_of(std::string_view id);

  Connection& connection_;
};

}  // namespace nopassd::storage
