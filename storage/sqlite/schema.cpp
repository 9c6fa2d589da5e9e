#include "storage/sqlite/schema.hpp"

#include "storage/errors.hpp"
#include "storage/sqlite/query.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <fmt/format.h>

#include <cstring>

namespace nopassd::storage {

namespace {

// Rows that are written often have few indices: ids and digests to find them by, and partial ones for the sweeper.
// `live` is 0 from the moment a final state is written. Times are milliseconds of the Unix epoch.
constexpr const char* first_schema = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE portal (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  state TEXT NOT NULL, portal_id TEXT NOT NULL, auth_token TEXT NOT NULL, settings TEXT NOT NULL,
  s_code TEXT NOT NULL, registered_by TEXT NOT NULL, registered_at INTEGER, disabled_at INTEGER,
  window_admin_id TEXT, window_s_code TEXT, window_opened_at INTEGER, window_expires_at INTEGER,
  challenge_caller TEXT, challenge_at INTEGER) STRICT;
CREATE TABLE failed_challenges (caller TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, auth_id BLOB NOT NULL UNIQUE,
  user_id TEXT NOT NULL, external_id TEXT NOT NULL, login TEXT NOT NULL, login_key TEXT NOT NULL,
  state TEXT NOT NULL, live INTEGER NOT NULL, verdict INTEGER, reason TEXT NOT NULL, started_by TEXT NOT NULL,
  binding BLOB, ticket BLOB, started_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  decided_at INTEGER, ended_at INTEGER) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_live ON sessions (expires_at) WHERE live = 1;
CREATE INDEX sessions_ended ON sessions (coalesce(ended_at, expires_at)) WHERE live = 0;

CREATE TABLE pictures (
  session INTEGER PRIMARY KEY REFERENCES sessions (row) ON DELETE CASCADE,
  version INTEGER NOT NULL, next_change_at INTEGER NOT NULL, png BLOB) STRICT;
CREATE TABLE picture_hashes (
  session INTEGER NOT NULL REFERENCES sessions (row) ON DELETE CASCADE,
  hash BLOB NOT NULL, PRIMARY KEY (session, hash)) STRICT, WITHOUT ROWID;

CREATE TABLE registrations (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, otp BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL, live INTEGER NOT NULL, started_by TEXT NOT NULL,
  user_id TEXT NOT NULL, external_id TEXT NOT NULL, login TEXT NOT NULL, login_key TEXT NOT NULL,
  asked_login_key TEXT NOT NULL, refusal TEXT NOT NULL,
  given_name TEXT NOT NULL, sur_name TEXT NOT NULL, phone_number TEXT NOT NULL, email TEXT NOT NULL,
  profile_image_url TEXT NOT NULL, locale TEXT NOT NULL,
  binding BLOB, ticket BLOB, started_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER) STRICT;
CREATE INDEX registrations_of_user ON registrations (user_id) WHERE user_id <> '';
CREATE INDEX registrations_live ON registrations (expires_at) WHERE live = 1;
CREATE INDEX registrations_ended ON registrations (coalesce(ended_at, expires_at)) WHERE live = 0;

CREATE TABLE users (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, external_id TEXT NOT NULL,
  login TEXT NOT NULL, login_key TEXT NOT NULL, login_digest BLOB,
  given_name TEXT NOT NULL, sur_name TEXT NOT NULL, phone_number TEXT NOT NULL, email TEXT NOT NULL,
  profile_image_url TEXT NOT NULL, locale TEXT NOT NULL, email_key TEXT NOT NULL,
  forbidden_store TEXT NOT NULL, state TEXT NOT NULL, uses_email_as_login INTEGER NOT NULL,
  created_at INTEGER NOT NULL, deleted_at INTEGER, erase_at INTEGER) STRICT;
CREATE UNIQUE INDEX users_active_login ON users (login_key) WHERE state = 'active';
CREATE UNIQUE INDEX users_active_external_id ON users (external_id) WHERE state = 'active' AND external_id <> '';
CREATE INDEX users_login ON users (login_key) WHERE login_key <> '';
CREATE INDEX users_external_id ON users (external_id) WHERE external_id <> '';
CREATE INDEX users_email ON users (email_key) WHERE email_key <> '';
CREATE INDEX users_deleted_login ON users (login_digest) WHERE login_digest IS NOT NULL;
CREATE INDEX users_to_erase ON users (erase_at) WHERE state = 'deleting';
CREATE TABLE former_logins (
  login_digest BLOB PRIMARY KEY, user_id TEXT NOT NULL, request BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE questions (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key BLOB NOT NULL, callback TEXT NOT NULL,
  user_id TEXT NOT NULL, members TEXT NOT NULL, state TEXT NOT NULL, verdict INTEGER, reason TEXT NOT NULL,
  asked_at INTEGER NOT NULL, deadline INTEGER NOT NULL) STRICT;
CREATE INDEX questions_of_user ON questions (user_id) WHERE user_id <> '';
CREATE INDEX questions_by_key ON questions (key);
CREATE INDEX questions_open ON questions (deadline) WHERE state = 'open';
CREATE INDEX questions_done ON questions (deadline) WHERE state <> 'open';

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, time INTEGER NOT NULL,
  type TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL) STRICT;
CREATE INDEX events_of_type ON events (type);
CREATE TABLE consumers (
  name TEXT PRIMARY KEY, owner TEXT NOT NULL, types TEXT NOT NULL, acknowledged INTEGER NOT NULL,
  delivered INTEGER NOT NULL, last_seen INTEGER NOT NULL, retired INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql";

// The history of users, hooks, clients with a secret; when a session or registration was redeemed.
constexpr const char* second_schema = R"sql(
ALTER TABLE sessions ADD COLUMN redeemed_at INTEGER;
ALTER TABLE registrations ADD COLUMN redeemed_at INTEGER;
CREATE TABLE history (
  user_id TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, name TEXT NOT NULL,
  cause TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (user_id, number)) STRICT, WITHOUT ROWID;
CREATE TABLE hooks (
  name TEXT PRIMARY KEY, url TEXT NOT NULL, answers INTEGER NOT NULL, secret BLOB NOT NULL, paused INTEGER NOT NULL,
  failures INTEGER NOT NULL, told INTEGER NOT NULL, error_time INTEGER, error_status INTEGER NOT NULL,
  error_detail TEXT NOT NULL, last_delivered_at INTEGER, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE clients (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, secret BLOB NOT NULL, scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL, last_used_at INTEGER) STRICT;
CREATE TABLE access_tokens (
  token BLOB PRIMARY KEY, client_id TEXT NOT NULL, scopes TEXT NOT NULL, expires_at INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE INDEX access_tokens_of_client ON access_tokens (client_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);
)sql";

// Registrations that came to nothing are forgotten with the person whose login they bore.
constexpr const char* third_schema = R"sql(
CREATE INDEX registrations_of_nobody ON registrations (login_key) WHERE user_id = '' AND login_key <> '';
CREATE INDEX registrations_asked_of_nobody ON registrations (asked_login_key)
  WHERE user_id = '' AND asked_login_key <> '';
)sql";

// Tickets to be found by; logins that were begun, for their limits; what NoPass is still to be asked.
constexpr const char* fourth_schema = R"sql(
CREATE INDEX sessions_of_ticket ON sessions (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX registrations_of_ticket ON registrations (ticket) WHERE ticket IS NOT NULL;
CREATE TABLE login_starts (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, client BLOB NOT NULL, at INTEGER NOT NULL,
  under_way INTEGER NOT NULL) STRICT;
CREATE INDEX login_starts_of_user ON login_starts (user_id, at);
CREATE INDEX login_starts_age ON login_starts (at);
ALTER TABLE users ADD COLUMN ask_nopass_at INTEGER;
ALTER TABLE users ADD COLUMN nopass_asked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX users_to_ask_nopass ON users (ask_nopass_at) WHERE ask_nopass_at IS NOT NULL;
)sql";

// Step N leads from version N to N + 1. A step that has been released is never changed.
constexpr std::array steps{first_schema, second_schema, third_schema, fourth_schema};

std::int64_t pragma(Connection& connection, const char* name) {
  return connection.database().execAndGet(std::string("PRAGMA ") + name).getInt64();
}

}  // namespace

int known_schema_version() { return static_cast<int>(steps.size()); }

void check_schema(Connection& connection, const std::string& name) {
  const std::int64_t version = pragma(connection, "user_version");
  const std::int64_t owner = pragma(connection, "application_id");
  const bool empty = connection.database().execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() == 0;
  if (!empty && owner != application_id) {
    throw OpenError(fmt::format("{} is a database of another program; name another file in storage.url", name));
  }
  if (version > known_schema_version()) {
    throw OpenError(
        fmt::format("{} has schema version {}, and this program knows versions up to {}; start the nopassd that wrote "
                    "it or a newer one, or restore a backup from before that update",
                    name, version, known_schema_version()));
  }
}

void migrate(Connection& connection) {
  SQLite::Database& database = connection.database();
  for (std::int64_t version = pragma(connection, "user_version"); version < known_schema_version(); ++version) {
    SQLite::Transaction step(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(steps.at(static_cast<std::size_t>(version)));
    database.exec(fmt::format("PRAGMA application_id = {}", application_id));
    database.exec(fmt::format("PRAGMA user_version = {}", version + 1));
    step.commit();
  }
}

Identity load_identity(Connection& connection, const Random& random) {
  Identity fresh;
  std::array<std::uint8_t, 8> epoch{};
  random(epoch);
  random(fresh.key);
  for (const std::uint8_t byte : epoch) fresh.epoch += fmt::format("{:02x}", byte);
  connection.execute("BEGIN IMMEDIATE");
  constexpr const char* insert = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING";
  Query(connection, insert).add(std::string_view("epoch")).add_bytes(fresh.epoch.data(), fresh.epoch.size()).run();
  Query(connection, insert).add(std::string_view("key")).add_bytes(fresh.key.data(), fresh.key.size()).run();
  connection.execute("COMMIT");

  Identity stored;
  Query query(connection, "SELECT (SELECT value FROM meta WHERE name = 'epoch'), value FROM meta WHERE name = 'key'");
  if (!query.next()) throw StoreFailure("the database has lost its key");
  stored.epoch = query.text();
  stored.key = query.digest();
  return stored;
}

}  // namespace nopassd::storage
