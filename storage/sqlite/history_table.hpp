#pragma once
// The history of each user; see history.hpp. Functions throw as throw_database_error does.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class HistoryTable {
 public:
  explicit HistoryTable(Connection& connection) : connection_(connection) {}

  Page<HistoryEntry> list(std::string_view user_id, PageRequest page);
  /// Beyond most_history the oldest of this user goes.
  void add(std::string_view user_id, const HistoryEntry& entry);
  void forget_user(std::string_view user_id);

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
