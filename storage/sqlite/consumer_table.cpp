// Durable readers of the event log.
#include "storage/sqlite/event_table.hpp"
#include "storage/sqlite/query.hpp"

#include <algorithm>

namespace nopassd::storage {

namespace {

// Types are words without spaces, so a list of them needs no other form.
std::string packed(const std::vector<std::string>& types) {
  std::string text;
  for (const std::string& type : types) text += type + ' ';
  return text;
}

std::vector<std::string> unpacked(std::string_view text) {
  std::vector<std::string> types;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) types.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return types;
}

Consumer read_consumer(Query& query) {
  Consumer consumer;
  consumer.name = query.text();
  consumer.owner = query.text();
  consumer.types = unpacked(query.text());
  consumer.acknowledged = query.number();
  consumer.delivered = query.number();
  consumer.last_seen = query.time();
  consumer.retired = query.flag();
  return consumer;
}

void add_values(Query& query, const Consumer& consumer) {
  query.add(consumer.owner).add(packed(consumer.types)).add(consumer.acknowledged).add(consumer.delivered);
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
