#include "storage/sqlite/event_table.hpp"

#include "storage/sqlite/query.hpp"

#include <algorithm>
#include <limits>

namespace nopassd::storage {

namespace {

Event read_event(Query& query) {
  Event event;
  event.sequence = query.number();
  event.id = query.text();
  event.time = query.time();
  event.type = query.text();
  event.subject = query.text();
  event.data = query.text();
  return event;
}

}  // namespace

EventLog EventTable::log() {
  Query query(connection_,
              "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0), "
              "coalesce((SELECT min(sequence) - 1 FROM events), (SELECT seq FROM sqlite_sequence "
              "WHERE name = 'events'), 0)");
  EventLog log;
  if (query.next()) {
    log.last = query.number();
    log.swept = query.number();
  }
  return log;
}

EventPage EventTable::after(const EventQuery& query) {
  if (!query.types.empty()) return filtered(query);
  EventPage page;
  Query rows(connection_,
             "SELECT sequence, id, time, type, subject, data FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?");
  page.events = all_of(rows.add(query.after).add(query.limit), read_event);
  page.through = page.events.size() == query.limit && !page.events.empty() ? page.events.back().sequence
                                                                           : std::max(query.after, log().last);
  return page;
}

EventPage EventTable::filtered(const EventQuery& query) {
  std::vector<std::int64_t> found;
  for (const std::string& type : query.types) {
    const std::vector<std::int64_t> sequences = of_type(type, query.after, query.limit);
    found.insert(found.end(), sequences.begin(), sequences.end());
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  EventPage page;
  page.through = std::max(query.after, log().last);
  if (found.size() >= query.limit) {
    found.resize(query.limit);
    page.through = found.empty() ? query.after : found.back();
  }
  for (const std::int64_t sequence : found) {
    Query row(connection_, "SELECT sequence, id, time, type, subject, data FROM events WHERE sequence = ?");
    if (row.add(sequence).next()) page.events.push_back(read_event(row));
  }
  return page;
}

std::vector<std::int64_t> EventTable::of_type(std::string_view type, std::int64_t after, std::size_t limit) {
  // Without the index a rare type would be looked for in the whole log.
  Query query(connection_,
              "SELECT sequence FROM events INDEXED BY events_of_type WHERE type = ? AND sequence > ? "
              "ORDER BY sequence LIMIT ?");
  return all_of(query.add(type).add(after).add(limit), [](Query& row) { return row.number(); });
}

std::int64_t EventTable::append(const Event& event) {
  Query query(connection_, "INSERT INTO events (id, time, type, subject, data) VALUES (?, ?, ?, ?, ?)");
  query.add(event.id).add(event.time).add(event.type).add(event.subject).add(event.data).run();
  return connection_.database().getLastInsertRowid();
}

void EventTable::forget_reasons(std::string_view user_id) {
  Query(connection_,
        "UPDATE events INDEXED BY events_of_type SET data = json_remove(data, '$.reason') "
        "WHERE type = 'session.denied' AND json_extract(data, '$.userId') = ?")
      .add(user_id)
      .run();
}

std::int64_t EventTable::first_needed() {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const Consumer& consumer : consumers()) {
    if (consumer.retired) continue;
    if (consumer.types.empty()) first = std::min(first, consumer.acknowledged + 1);
    for (const std::string& type : consumer.types) {
      const std::vector<std::int64_t> next = of_type(type, consumer.acknowledged, 1);
      if (!next.empty()) first = std::min(first, next.front());
    }
  }
  return first;
}

std::size_t EventTable::remove(TimePoint before, std::int64_t keep_at_most, std::size_t limit) {
  const std::int64_t needed = first_needed();
  const std::int64_t crowded = log().last - keep_at_most;  // up to here there are more than are to be kept
  std::int64_t end = 0;
  {
    Query oldest(connection_, "SELECT sequence, time FROM events ORDER BY sequence LIMIT ?");
    oldest.add(limit);
    while (oldest.next()) {
      const std::int64_t sequence = oldest.number();
      if (sequence >= needed || (sequence > crowded && oldest.time() >= before)) break;
      end = sequence;
    }
  }
  if (end == 0) return 0;
  return Query(connection_, "DELETE FROM events WHERE sequence <= ?").add(end).run();
}

}  // namespace nopassd::storage
