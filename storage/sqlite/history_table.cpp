#include "storage/sqlite/history_table.hpp"

#include "storage/sqlite/query.hpp"

namespace nopassd::storage {

namespace {

HistoryEntry read_entry(Query& query) {
  HistoryEntry entry;
  entry.id = query.text();
  entry.time = query.time();
  entry.name = query.text();
  entry.cause = query.text();
  entry.subject = query.text();
  entry.data = query.text();
  return entry;
}

}  // namespace

Page<HistoryEntry> HistoryTable::list(std::string_view user_id, PageRequest page) {
  Page<HistoryEntry> result;
  Query count(connection_, "SELECT count(*) FROM history WHERE user_id = ?");
  if (count.add(user_id).next()) result.total = count.number();
  Query rows(connection_,
             "SELECT id, time, name, cause, subject, data FROM history WHERE user_id = ? ORDER BY number DESC "
             "LIMIT ? OFFSET ?");
  result.data = all_of(rows.add(user_id).add(page.limit).add(page.offset), read_entry);
  return result;
}

void HistoryTable::add(std::string_view user_id, const HistoryEntry& entry) {
  std::int64_t number = 1;
  {
    Query last(connection_, "SELECT max(number) FROM history WHERE user_id = ?");
    if (last.add(user_id).next()) number += last.number();
  }
  Query insert(connection_,
               "INSERT INTO history (user_id, number, id, time, name, cause, subject, data) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.add(user_id).add(number).add(entry.id).add(entry.time).add(entry.name).add(entry.cause);
  insert.add(entry.subject).add(entry.data).run();
  if (number <= most_history) return;
  Query(connection_, "DELETE FROM history WHERE user_id = ? AND number <= ?")
      .add(user_id)
      .add(number - most_history)
      .run();
}

void HistoryTable::forget_user(std::string_view user_id) {
  Query(connection_, "DELETE FROM history WHERE user_id = ?").add(user_id).run();
}

}  // namespace nopassd::storage
