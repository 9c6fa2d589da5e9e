#include "storage/sqlite/registration_table.hpp"

#include "storage/sqlite/profile_columns.hpp"
#include "storage/sqlite/query.hpp"

#include <fmt/format.h>

namespace nopassd::storage {

namespace {

std::string select(std::string_view tail) {
  return fmt::format(
      "SELECT id, otp, state, started_by, user_id, external_id, login, login_key, asked_login_key, refusal, {}, "
      "binding, ticket, started_at, expires_at, ended_at, redeemed_at FROM registrations {}",
      profile_columns, tail);
}

Registration read_registration(Query& query) {
  Registration registration;
  registration.id = query.text();
  registration.otp = query.digest();
  registration.state = state_in<RegistrationState>(query);
  registration.started_by = state_in<Party>(query);
  registration.user_id = query.text();
  registration.external_id = query.text();
  registration.login = query.text();
  registration.login_key = query.text();
  registration.asked_login_key = query.text();
  registration.refusal = query.text();
  registration.profile = read_profile(query);
  registration.binding = query.optional_digest();
  registration.ticket = query.optional_digest();
  registration.started_at = query.time();
  registration.expires_at = query.time();
  registration.ended_at = query.optional_time();
  registration.redeemed_at = query.optional_time();
  return registration;
}

bool is_live(RegistrationState state) {
  return state == RegistrationState::started || state == RegistrationState::validated;
}

void add_values(Query& query, const Registration& registration) {
  query.add(registration.otp).add(name_of(registration.state)).add(is_live(registration.state));
  query.add(name_of(registration.started_by)).add(registration.user_id).add(registration.external_id);
  query.add(registration.login).add(registration.login_key).add(registration.asked_login_key);
  add_profile(query.add(registration.refusal), registration.profile);
  query.add(registration.binding).add(registration.ticket).add(registration.started_at);
  query.add(registration.expires_at).add(registration.ended_at).add(registration.redeemed_at);
}

std::string state_condition(RegistrationState state) {
  if (state == RegistrationState::expired) return "(state = 'expired' OR (live = 1 AND expires_at <= ?1))";
  if (!is_live(state)) return fmt::format("(?1 IS NOT NULL AND state = '{}')", name_of(state));
  return fmt::format("(state = '{}' AND expires_at > ?1)", name_of(state));
}

}  // namespace

std::optional<Registration> RegistrationTable::find(std::string_view id) {
  static const std::string sql = select("WHERE id = ?");
  Query query(connection_, sql);
  return first_of(query.add(id), read_registration);
}

std::optional<Registration> RegistrationTable::find_by_otp(const Digest& otp) {
  static const std::string sql = select("WHERE otp = ?");
  Query query(connection_, sql);
  return first_of(query.add(otp), read_registration);
}

std::optional<Registration> RegistrationTable::find_by_ticket(const Digest& ticket) {
  static const std::string sql = select("WHERE ticket = ?");
  Query query(connection_, sql);
  return first_of(query.add(ticket), read_registration);
}

Page<Registration> RegistrationTable::list(const RegistrationFilter& filter, PageRequest page, TimePoint now) {
  const std::string where = "WHERE " + (filter.state ? state_condition(*filter.state) : "(?1 IS NOT NULL)");
  Page<Registration> result;
  Query count(connection_, "SELECT count(*) FROM registrations " + where);
  if (count.add(now).next()) result.total = count.number();
  Query rows(connection_, select(where + " ORDER BY row DESC LIMIT ?2 OFFSET ?3"));
  result.data = all_of(rows.add(now).add(page.limit).add(page.offset), read_registration);
  return result;
}

std::vector<Registration> RegistrationTable::past_expiry(TimePoint now, std::size_t limit) {
  static const std::string sql = select("WHERE live = 1 AND expires_at <= ? ORDER BY expires_at LIMIT ?");
  Query query(connection_, sql);
  return all_of(query.add(now).add(limit), read_registration);
}

void RegistrationTable::add(const Registration& registration) {
  static const std::string sql = fmt::format(
      "INSERT INTO registrations (id, otp, state, live, started_by, user_id, external_id, login, login_key, "
      "asked_login_key, refusal, {}, binding, ticket, started_at, expires_at, ended_at, redeemed_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      profile_columns);
  Query query(connection_, sql);
  add_values(query.add(registration.id), registration);
  query.run();
}

void RegistrationTable::update(const Registration& registration) {
  Query query(connection_,
              "UPDATE registrations SET otp = ?, state = ?, live = ?, started_by = ?, user_id = ?, external_id = ?, "
              "login = ?, login_key = ?, asked_login_key = ?, refusal = ?, given_name = ?, sur_name = ?, "
              "phone_number = ?, email = ?, profile_image_url = ?, locale = ?, binding = ?, ticket = ?, "
              "started_at = ?, expires_at = ?, ended_at = ?, redeemed_at = ? WHERE id = ?");
  add_values(query, registration);
  if (query.add(registration.id).run() != 1) throw std::logic_error("no such registration to update");
}

std::size_t RegistrationTable::remove_ended(TimePoint before, std::size_t limit) {
  Query query(connection_,
              "DELETE FROM registrations WHERE row IN (SELECT row FROM registrations WHERE live = 0 AND "
              "coalesce(ended_at, expires_at) < ? ORDER BY coalesce(ended_at, expires_at) LIMIT ?)");
  return query.add(before).add(limit).run();
}

namespace {
constexpr std::string_view forget =
    "UPDATE registrations SET login = '', login_key = '', asked_login_key = '', given_name = '', sur_name = '', "
    "phone_number = '', email = '', profile_image_url = '', locale = '' ";
}  // namespace

void RegistrationTable::forget_user(std::string_view user_id) {
  static const std::string sql = fmt::format("{} WHERE user_id = ? AND user_id <> ''", forget);
  Query(connection_, sql).add(user_id).run();
}

void RegistrationTable::forget_login(std::string_view login_key) {
  if (login_key.empty()) return;
  for (const std::string_view column : {"login_key", "asked_login_key"}) {
    const std::string sql =
        fmt::format("{} WHERE user_id = '' AND {} <> '' AND {} = ? AND live = 0", forget, column, column);
    Query(connection_, sql).add(login_key).run();
  }
}

}  // namespace nopassd::storage
