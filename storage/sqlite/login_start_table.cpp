#include "storage/sqlite/login_start_table.hpp"

#include "storage/sqlite/query.hpp"

namespace nopassd::storage {

LoginStarts LoginStartTable::count(std::string_view user_id, const Digest& client, TimePoint since, TimePoint now) {
  constexpr Milliseconds longest_call{15'000};
  LoginStarts starts;
  Query counted(connection_,
                "SELECT count(*), coalesce(sum(client = ?1), 0) FROM login_starts WHERE user_id = ?2 AND at >= ?3");
  if (counted.add(client).add(user_id).add(since).next()) {
    starts.of_user = counted.number();
    starts.of_client = counted.number();
  }
  Query pending(connection_,
                "SELECT count(*) FROM login_starts AS start LEFT JOIN sessions AS session ON session.id = start.id "
                "WHERE start.user_id = ?1 AND start.client = ?2 AND CASE WHEN session.id IS NULL "
                "THEN start.under_way = 1 AND start.at > ?3 ELSE session.state = 'pending' AND session.expires_at > ?4 "
                "END");
  if (pending.add(user_id).add(client).add(now - longest_call).add(now).next()) starts.pending = pending.number();
  return starts;
}

void LoginStartTable::add(const LoginStart& start) {
  Query query(connection_, "INSERT INTO login_starts (id, user_id, client, at, under_way) VALUES (?, ?, ?, ?, 1)");
  query.add(start.id).add(start.user_id).add(start.client).add(start.at).run();
}

void LoginStartTable::end(std::string_view id) {
  Query(connection_, "UPDATE login_starts SET under_way = 0 WHERE id = ?").add(id).run();
}

std::size_t LoginStartTable::remove(TimePoint before, std::size_t limit) {
  // Those with a pending session still count.
  Query query(
      connection_,
      "DELETE FROM login_starts WHERE row IN (SELECT start.row FROM login_starts AS start LEFT JOIN sessions AS "
      "session ON session.id = start.id WHERE start.at < ?1 AND (session.id IS NULL OR session.state <> "
      "'pending') ORDER BY start.at LIMIT ?2)");
  return query.add(before).add(limit).run();
}

}  // namespace nopassd::storage
