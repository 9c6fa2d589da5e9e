#include "storage/sqlite/portal_table.hpp"

#include "storage/sqlite/query.hpp"

namespace nopassd::storage {

namespace {

std::optional<Window> read_window(Query& query) {
  Window window;
  const bool open = !query.null();
  window.admin_id = query.text();
  window.s_code = query.text();
  window.opened_at = query.time();
  window.expires_at = query.time();
  if (!open) return std::nullopt;
  if (!query.null()) {
    Challenge challenge;
    challenge.caller = query.text();
    challenge.at = query.time();
    window.challenge = std::move(challenge);
  }
  return window;
}

Portal read_portal(Query& query) {
  Portal portal;
  portal.state = state_in<PortalState>(query);
  portal.portal_id = query.text();
  portal.auth_token = query.text();
  portal.settings = query.text();
  portal.s_code = query.text();
  portal.registered_by = query.text();
  portal.registered_at = query.optional_time();
  portal.disabled_at = query.optional_time();
  portal.window = read_window(query);
  return portal;
}

}  // namespace

Portal PortalTable::load() {
  Query query(connection_,
              "SELECT state, portal_id, auth_token, settings, s_code, registered_by, registered_at, disabled_at, "
              "window_admin_id, window_s_code, window_opened_at, window_expires_at, challenge_caller, challenge_at "
              "FROM portal");
  return first_of(query, read_portal).value_or(Portal{});
}

void PortalTable::save(const Portal& portal) {
  Query query(connection_,
              "INSERT OR REPLACE INTO portal (row, state, portal_id, auth_token, settings, s_code, registered_by, "
              "registered_at, disabled_at, window_admin_id, window_s_code, window_opened_at, window_expires_at, "
              "challenge_caller, challenge_at) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  query.add(name_of(portal.state)).add(portal.portal_id).add(portal.auth_token).add(portal.settings);
  query.add(portal.s_code).add(portal.registered_by).add(portal.registered_at).add(portal.disabled_at);
  if (const auto& window = portal.window) {
    query.add(window->admin_id).add(window->s_code).add(window->opened_at).add(window->expires_at);
    if (const auto& challenge = window->challenge) query.add(challenge->caller).add(challenge->at);
  }
  query.run();
}

int PortalTable::failed_challenges(std::string_view caller) {
  Query query(connection_, "SELECT count FROM failed_challenges WHERE caller = ?");
  return query.add(caller).next() ? static_cast<int>(query.number()) : 0;
}

int PortalTable::count_failed_challenge(std::string_view caller) {
  Query(connection_,
        "INSERT INTO failed_challenges (caller, count) VALUES (?, 1) ON CONFLICT (caller) DO UPDATE SET count = count "
        "+ 1")
      .add(caller)
      .run();
  return failed_challenges(caller);
}

void PortalTable::clear_failed_challenges() { connection_.execute("DELETE FROM failed_challenges"); }

}  // namespace nopassd::storage
