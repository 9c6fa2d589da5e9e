#include "storage/sqlite/access_table.hpp"

#include "storage/sqlite/query.hpp"
#include "storage/sqlite/words.hpp"

namespace nopassd::storage {

namespace {

/// Of one client; the oldest go.
constexpr std::size_t most_tokens = 100;

ApiClient read_client(Query& query) {
  ApiClient client;
  client.id = query.text();
  client.name = query.text();
  client.secret = query.digest();
  client.scopes = unpacked_words(query.text());
  client.created_at = query.time();
  client.last_used_at = query.optional_time();
  return client;
}

void add_values(Query& query, const ApiClient& client) {
  query.add(client.name).add(client.secret).add(packed_words(client.scopes)).add(client.created_at);
  query.add(client.last_used_at);
}

}  // namespace

std::optional<ApiClient> AccessTable::find(std::string_view id) {
  Query query(connection_, "SELECT id, name, secret, scopes, created_at, last_used_at FROM clients WHERE id = ?");
  return first_of(query.add(id), read_client);
}

Page<ApiClient> AccessTable::list(PageRequest page) {
  Page<ApiClient> result;
  Query count(connection_, "SELECT count(*) FROM clients");
  if (count.next()) result.total = count.number();
  Query rows(connection_,
             "SELECT id, name, secret, scopes, created_at, last_used_at FROM clients ORDER BY row LIMIT ? OFFSET ?");
  result.data = all_of(rows.add(page.limit).add(page.offset), read_client);
  return result;
}

void AccessTable::add(const ApiClient& client) {
  Query query(connection_,
              "INSERT INTO clients (id, name, secret, scopes, created_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?)");
  add_values(query.add(client.id), client);
  query.run();
}

void AccessTable::update(const ApiClient& client) {
  Query query(connection_,
              "UPDATE clients SET name = ?, secret = ?, scopes = ?, created_at = ?, last_used_at = ? WHERE id = ?");
  add_values(query, client);
  if (query.add(client.id).run() != 1) throw std::logic_error("no such client to update");
}

void AccessTable::remove(std::string_view id) {
  remove_tokens(id);
  if (Query(connection_, "DELETE FROM clients WHERE id = ?").add(id).run() != 1) {
    throw std::logic_error("no such client to remove");
  }
}

std::optional<AccessToken> AccessTable::find_token(const Digest& token) {
  Query query(connection_, "SELECT token, client_id, scopes, expires_at FROM access_tokens WHERE token = ?");
  return first_of(query.add(token), [](Query& row) {
    AccessToken found;
    found.token = row.digest();
    found.client_id = row.text();
    found.scopes = unpacked_words(row.text());
    found.expires_at = row.time();
    return found;
  });
}

void AccessTable::add_token(const AccessToken& token) {
  Query query(connection_, "INSERT INTO access_tokens (token, client_id, scopes, expires_at) VALUES (?, ?, ?, ?)");
  query.add(token.token).add(token.client_id).add(packed_words(token.scopes)).add(token.expires_at).run();
  Query(connection_,
        "DELETE FROM access_tokens WHERE client_id = ?1 AND token NOT IN (SELECT token FROM access_tokens "
        "WHERE client_id = ?1 ORDER BY expires_at DESC LIMIT ?2)")
      .add(token.client_id)
      .add(most_tokens)
      .run();
}

void AccessTable::remove_tokens(std::string_view client_id) {
  Query(connection_, "DELETE FROM access_tokens WHERE client_id = ?").add(client_id).run();
}

std::size_t AccessTable::remove_expired_tokens(TimePoint now, std::size_t limit) {
  Query query(connection_,
              "DELETE FROM access_tokens WHERE token IN (SELECT token FROM access_tokens WHERE expires_at <= ? "
              "ORDER BY expires_at LIMIT ?)");
  return query.add(now).add(limit).run();
}

}  // namespace nopassd::storage
