#include "storage/sqlite/session_table.hpp"

#include "storage/lifecycle.hpp"
#include "storage/sqlite/query.hpp"

#include <fmt/format.h>

namespace nopassd::storage {

namespace {

std::string select(std::string_view tail) {
  return fmt::format(
      "SELECT id, auth_id, user_id, external_id, login, login_key, state, verdict, reason, started_by, binding, "
      "ticket, started_at, expires_at, decided_at, redeemed_at, ended_at FROM sessions {}",
      tail);
}

Session read_session(Query& query) {
  Session session;
  session.id = query.text();
  session.auth_id = query.digest();
  session.user_id = query.text();
  session.external_id = query.text();
  session.login = query.text();
  session.login_key = query.text();
  session.state = state_in<SessionState>(query);
  session.verdict = query.optional_flag();
  session.reason = query.text();
  session.started_by = state_in<Party>(query);
  session.binding = query.optional_digest();
  session.ticket = query.optional_digest();
  session.started_at = query.time();
  session.expires_at = query.time();
  session.decided_at = query.optional_time();
  session.redeemed_at = query.optional_time();
  session.ended_at = query.optional_time();
  return session;
}

/// What both INSERT and UPDATE set, in one order.
void add_changeable(Query& query, const Session& session) {
  query.add(session.external_id).add(session.login).add(session.login_key).add(name_of(session.state));
  query.add(!is_final(session.state)).add(session.verdict).add(session.reason).add(name_of(session.started_by));
  query.add(session.binding).add(session.ticket).add(session.started_at).add(session.expires_at);
  query.add(session.decided_at).add(session.redeemed_at).add(session.ended_at);
}

/// The state as read at the time that is bound to ?1.
std::string state_condition(SessionState state) {
  if (state == SessionState::expired) return "(state = 'expired' OR (live = 1 AND expires_at <= ?1))";
  if (is_final(state)) return fmt::format("state = '{}'", name_of(state));
  return fmt::format("(state = '{}' AND expires_at > ?1)", name_of(state));
}

}  // namespace

std::optional<Session> SessionTable::find(std::string_view id) {
  static const std::string sql = select("WHERE id = ?");
  Query query(connection_, sql);
  return first_of(query.add(id), read_session);
}

std::optional<Session> SessionTable::find_by_auth_id(const Digest& auth_id) {
  static const std::string sql = select("WHERE auth_id = ?");
  Query query(connection_, sql);
  return first_of(query.add(auth_id), read_session);
}

std::optional<Session> SessionTable::find_by_ticket(const Digest& ticket) {
  static const std::string sql = select("WHERE ticket = ?");
  Query query(connection_, sql);
  return first_of(query.add(ticket), read_session);
}

Page<Session> SessionTable::list(const SessionFilter& filter, PageRequest page, TimePoint now) {
  std::string where = "WHERE (?1 IS NOT NULL)";
  if (!filter.user_id.empty()) where += " AND user_id = ?2";
  if (filter.state) where += " AND " + state_condition(*filter.state);
  const auto user_id = filter.user_id.empty() ? std::nullopt : std::optional<std::string_view>(filter.user_id);
  // Every statement has the same parameters, whether it uses them or not.
  const std::string unused = " AND (?2 IS NULL OR ?2 <> '')";
  Page<Session> result;
  Query count(connection_, fmt::format("SELECT count(*) FROM sessions {}{}", where, unused));
  if (count.add(now).add(user_id).next()) result.total = count.number();
  Query rows(connection_, select(where + unused + " ORDER BY row DESC LIMIT ?3 OFFSET ?4"));
  rows.add(now).add(user_id).add(page.limit).add(page.offset);
  result.data = all_of(rows, read_session);
  return result;
}

std::vector<Session> SessionTable::live(std::string_view user_id, std::size_t limit) {
  static const std::string of_user = select("WHERE user_id = ? AND live = 1 ORDER BY row LIMIT ?");
  static const std::string of_everybody = select("WHERE live = 1 ORDER BY expires_at LIMIT ?");
  Query query(connection_, user_id.empty() ? of_everybody : of_user);
  if (!user_id.empty()) query.add(user_id);
  return all_of(query.add(limit), read_session);
}

std::vector<Session> SessionTable::past_expiry(TimePoint now, std::size_t limit) {
  static const std::string sql = select("WHERE live = 1 AND expires_at <= ? ORDER BY expires_at LIMIT ?");
  Query query(connection_, sql);
  return all_of(query.add(now).add(limit), read_session);
}

void SessionTable::add(const Session& session) {
  Query query(connection_,
              "INSERT INTO sessions (id, auth_id, user_id, external_id, login, login_key, state, live, verdict, "
              "reason, started_by, binding, ticket, started_at, expires_at, decided_at, redeemed_at, ended_at) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  query.add(session.id).add(session.auth_id).add(session.user_id);
  add_changeable(query, session);
  query.run();
}

void SessionTable::update(const Session& session) {
  Query query(connection_,
              "UPDATE sessions SET external_id = ?, login = ?, login_key = ?, state = ?, live = ?, verdict = ?, "
              "reason = ?, started_by = ?, binding = ?, ticket = ?, started_at = ?, expires_at = ?, decided_at = ?, "
              "redeemed_at = ?, ended_at = ? WHERE id = ? AND auth_id = ? AND user_id = ?");
  add_changeable(query, session);
  query.add(session.id).add(session.auth_id).add(session.user_id);
  if (query.run() != 1) throw std::logic_error("no such session to update, or its authId or user would change");
}

std::size_t SessionTable::remove_ended(TimePoint before, std::size_t limit) {
  Query query(connection_,
              "DELETE FROM sessions WHERE row IN (SELECT row FROM sessions WHERE live = 0 AND "
              "coalesce(ended_at, expires_at) < ? ORDER BY coalesce(ended_at, expires_at) LIMIT ?)");
  return query.add(before).add(limit).run();
}

void SessionTable::forget_user(std::string_view user_id) {
  Query(connection_, "UPDATE sessions SET login = '', login_key = '', reason = '' WHERE user_id = ?")
      .add(user_id)
      .run();
}

std::int64_t SessionTable::row_of(std::string_view id) {
  Query query(connection_, "SELECT row FROM sessions WHERE id = ?");
  if (!query.add(id).next()) throw std::logic_error("no such session to show a picture");
  return query.number();
}

std::optional<Picture> SessionTable::picture(std::string_view id) {
  Query query(connection_,
              "SELECT version, next_change_at, png FROM pictures WHERE png IS NOT NULL AND session = "
              "(SELECT row FROM sessions WHERE id = ?)");
  return first_of(query.add(id), [](Query& row) {
    Picture picture;
    picture.version = row.number();
    picture.next_change_at = row.time();
    picture.png = row.text();
    return picture;
  });
}

std::optional<std::int64_t> SessionTable::show_picture(std::string_view id, std::string_view png,
                                                       TimePoint next_change_at) {
  const std::int64_t row = row_of(id);
  const Digest hash = sha256(png);
  constexpr std::size_t kept = 16;  // enough that a forged repeat is not to be found
  Query remember(connection_, "INSERT INTO picture_hashes (session, hash) VALUES (?, ?) ON CONFLICT DO NOTHING");
  if (remember.add(row).add_bytes(hash.data(), kept).run() == 0) return std::nullopt;
  Query replace(connection_,
                "INSERT INTO pictures (session, version, next_change_at, png) VALUES (?, 1, ?, ?) "
                "ON CONFLICT (session) DO UPDATE SET version = version + 1, next_change_at = excluded.next_change_at, "
                "png = excluded.png RETURNING version");
  replace.add(row).add(next_change_at).add_bytes(png.data(), png.size());
  replace.next();
  const std::int64_t version = replace.number();
  replace.run();
  return version;
}

void SessionTable::drop_picture(std::string_view id) {
  Query(connection_, "UPDATE pictures SET png = NULL WHERE session = (SELECT row FROM sessions WHERE id = ?)")
      .add(id)
      .run();
}

}  // namespace nopassd::storage
