// Durable readers of the event log.
#include "storage/sqlite/event_table.hpp"
#include "storage/sqlite/query.hpp"
#include "storage/sqlite/words.hpp"

namespace nopassd::storage {

namespace {

Consumer read_consumer(Query& query) {
  Consumer consumer;
  consumer.name = query.text();
  consumer.owner = query.text();
  consumer.types = unpacked_words(query.text());
  consumer.acknowledged = query.number();
  consumer.delivered = query.number();
  consumer.last_seen = query.time();
  consumer.retired = query.flag();
  return consumer;
}

void add_values(Query& query, const Consumer& consumer) {
  query.add(consumer.owner).add(packed_words(consumer.types)).add(consumer.acknowledged).add(consumer.delivered);
  query.add(consumer.last_seen).add(consumer.retired);
}

}  // namespace

std::optional<Consumer> EventTable::consumer(std::string_view name) {
  Query query(connection_,
              "SELECT name, owner, types, acknowledged, delivered, last_seen, retired FROM consumers WHERE name = ?");
  return first_of(query.add(name), read_consumer);
}

std::vector<Consumer> EventTable::consumers() {
  Query query(connection_,
              "SELECT name, owner, types, acknowledged, delivered, last_seen, retired FROM consumers ORDER BY name");
  return all_of(query, read_consumer);
}

void EventTable::add(const Consumer& consumer) {
  Query query(connection_,
              "INSERT INTO consumers (name, owner, types, acknowledged, delivered, last_seen, retired) "
              "VALUES (?, ?, ?, ?, ?, ?, ?)");
  add_values(query.add(consumer.name), consumer);
  query.run();
}

void EventTable::update(const Consumer& consumer) {
  Query query(connection_,
              "UPDATE consumers SET owner = ?, types = ?, acknowledged = ?, delivered = ?, last_seen = ?, retired = ? "
              "WHERE name = ?");
  add_values(query, consumer);
  if (query.add(consumer.name).run() != 1) throw std::logic_error("no such consumer to update");
}

void EventTable::remove(std::string_view name) {
  Query query(connection_, "DELETE FROM consumers WHERE name = ?");
  if (query.add(name).run() != 1) throw std::logic_error("no such consumer to remove");
}

}  // namespace nopassd::storage
