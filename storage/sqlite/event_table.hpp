#pragma once
// The event log and its durable readers. Functions throw as throw_database_error does, and std::logic_error for a
// change to a consumer that is not there.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class EventTable {
 public:
  explicit EventTable(Connection& connection) : connection_(connection) {}

  /// The epoch is left empty.
  EventLog log();
  EventPage after(const EventQuery& query);
  /// The sequence that it was given.
  std::int64_t append(const Event& event);
  /// From the front, up to the first that is needed or to be kept; returns how many.
  std::size_t remove(TimePoint before, std::int64_t keep_at_most, std::size_t limit);

  /// The free text in events of the user's denied sessions.
  void forget_reasons(std::string_view user_id);

  std::optional<Consumer> consumer(std::string_view name);
  std::vector<Consumer> consumers();
  void add(const Consumer& consumer);
  void update(const Consumer& consumer);
  void remove(std::string_view name);

 private:
  /// Up to `limit` sequences of this type above `after`, ascending.
  std::vector<std::int64_t> of_type(std::string_view type, std::int64_t after, std::size_t limit);
  EventPage filtered(const EventQuery& query);
  /// The lowest sequence that a consumer still waits for; the largest number when none does.
  std::int64_t first_needed();

  Connection& connection_;
};

}  // namespace nopassd::storage
