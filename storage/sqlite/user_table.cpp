#include "storage/sqlite/user_table.hpp"

#include "storage/names.hpp"
#include "storage/sqlite/profile_columns.hpp"
#include "storage/sqlite/query.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace nopassd::storage {

namespace {

namespace json = boost::json;

std::string select(std::string_view tail) {
  return fmt::format(
      "SELECT id, external_id, login, login_key, {}, forbidden_store, state, uses_email_as_login, created_at, "
      "deleted_at, erase_at, ask_nopass_at, nopass_asked FROM users {}",
      profile_columns, tail);
}

std::string packed(const std::map<std::string, bool>& flags) {
  json::object object;
  for (const auto& [name, value] : flags) object[name] = value;
  return json::serialize(object);
}

std::map<std::string, bool> unpacked_flags(const std::string& text) {
  std::map<std::string, bool> flags;
  const json::value parsed = json::parse(text);
  for (const auto& member : parsed.as_object()) flags.emplace(member.key(), member.value().as_bool());
  return flags;
}

User read_user(Query& query) {
  User user;
  user.id = query.text();
  user.external_id = query.text();
  user.login = query.text();
  user.login_key = query.text();
  user.profile = read_profile(query);
  user.forbidden_store = unpacked_flags(query.text());
  user.state = state_in<UserState>(query);
  user.uses_email_as_login = query.flag();
  user.created_at = query.time();
  user.deleted_at = query.optional_time();
  user.erase_at = query.optional_time();
  user.ask_nopass_at = query.optional_time();
  user.nopass_asked = query.number();
  return user;
}

/// The digest of a tombstone, whose login is gone, is left as it is.
std::optional<Digest> digest_to_keep(const User& user, const Digest& login_digest) {
  if (user.state == UserState::active || user.login_key.empty()) return std::nullopt;
  return login_digest;
}

void add_values(Query& query, const User& user, const Digest& login_digest) {
  query.add(user.external_id).add(user.login).add(user.login_key).add(digest_to_keep(user, login_digest));
  add_profile(query, user.profile).add(email_key(user.profile.email)).add(packed(user.forbidden_store));
  query.add(name_of(user.state)).add(user.uses_email_as_login).add(user.created_at);
  query.add(user.deleted_at).add(user.erase_at).add(user.ask_nopass_at).add(user.nopass_asked);
}

}  // namespace

std::optional<User> UserTable::find(std::string_view id) {
  static const std::string sql = select("WHERE id = ?");
  Query query(connection_, sql);
  return first_of(query.add(id), read_user);
}

std::optional<User> UserTable::find_by_login(std::string_view login_key) {
  static const std::string sql = select("WHERE login_key = ? AND state = 'active'");
  Query query(connection_, sql);
  return first_of(query.add(login_key), read_user);
}

std::optional<User> UserTable::find_by_external_id(std::string_view external_id) {
  static const std::string sql = select("WHERE external_id = ? AND external_id <> '' AND state = 'active'");
  Query query(connection_, sql);
  return first_of(query.add(external_id), read_user);
}

std::optional<User> UserTable::find_deleted(const Digest& login_digest) {
  static const std::string sql = select("WHERE login_digest = ? ORDER BY deleted_at DESC, row DESC LIMIT 1");
  Query query(connection_, sql);
  return first_of(query.add(login_digest), read_user);
}

Page<User> UserTable::list(const UserFilter& filter, PageRequest page) {
  std::string where = "WHERE 1";
  std::vector<std::string_view> values;
  const auto require = [&](std::string_view condition, std::string_view value) {
    if (value.empty()) return;
    where += fmt::format(" AND {}", condition);
    values.push_back(value);
  };
  require("login_key <> '' AND login_key = ?", filter.login_key);
  require("email_key <> '' AND email_key = ?", filter.email_key);
  require("external_id <> '' AND external_id = ?", filter.external_id);
  if (filter.state) where += fmt::format(" AND state = '{}'", name_of(*filter.state));
  Page<User> result;
  Query count(connection_, "SELECT count(*) FROM users " + where);
  Query rows(connection_, select(where + " ORDER BY row LIMIT ? OFFSET ?"));
  for (const std::string_view value : values) {
    count.add(value);
    rows.add(value);
  }
  if (count.next()) result.total = count.number();
  result.data = all_of(rows.add(page.limit).add(page.offset), read_user);
  return result;
}

std::vector<User> UserTable::to_erase(TimePoint now, Milliseconds longest_question, std::size_t limit) {
  static const std::string sql = select(
      "WHERE state = 'deleting' AND erase_at <= ? AND (ask_nopass_at IS NULL OR erase_at <= ?) "
      "ORDER BY erase_at LIMIT ?");
  Query query(connection_, sql);
  return all_of(query.add(now).add(now - longest_question).add(limit), read_user);
}

std::vector<User> UserTable::to_ask_nopass(TimePoint now, std::size_t limit) {
  static const std::string sql = select("WHERE ask_nopass_at <= ? ORDER BY ask_nopass_at LIMIT ?");
  Query query(connection_, sql);
  return all_of(query.add(now).add(limit), read_user);
}

void UserTable::add(const User& user, const Digest& login_digest) {
  static const std::string sql = fmt::format(
      "INSERT INTO users (id, external_id, login, login_key, login_digest, {}, email_key, forbidden_store, state, "
      "uses_email_as_login, created_at, deleted_at, erase_at, ask_nopass_at, nopass_asked) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      profile_columns);
  Query query(connection_, sql);
  add_values(query.add(user.id), user, login_digest);
  query.run();
}

void UserTable::update(const User& user, const Digest& login_digest) {
  Query query(connection_,
              "UPDATE users SET external_id = ?, login = ?, login_key = ?, "
              "login_digest = coalesce(?, CASE WHEN login_key = '' THEN login_digest END), given_name = ?, "
              "sur_name = ?, phone_number = ?, email = ?, profile_image_url = ?, locale = ?, email_key = ?, "
              "forbidden_store = ?, state = ?, uses_email_as_login = ?, created_at = ?, deleted_at = ?, erase_at = ?, "
              "ask_nopass_at = ?, nopass_asked = ? WHERE id = ?");
  add_values(query, user, login_digest);
  if (query.add(user.id).run() != 1) throw std::logic_error("no such user to update");
}

void UserTable::erase(std::string_view id, const Digest& login_digest, TimePoint now) {
  Query query(connection_,
              "UPDATE users SET login = '', login_key = '', given_name = '', sur_name = '', phone_number = '', "
              "email = '', profile_image_url = '', locale = '', email_key = '', forbidden_store = '{}', "
              "state = 'deleted', uses_email_as_login = 0, ask_nopass_at = NULL, nopass_asked = 0, login_digest = "
              "coalesce(login_digest, ?), "
              "deleted_at = coalesce(deleted_at, ?) WHERE id = ?");
  if (query.add(login_digest).add(now).add(id).run() != 1) throw std::logic_error("no such user to erase");
}

std::optional<FormerLogin> UserTable::former_login(const Digest& login_digest) {
  Query query(connection_, "SELECT user_id, request FROM former_logins WHERE login_digest = ?");
  return first_of(query.add(login_digest), [](Query& row) {
    FormerLogin former;
    former.user_id = row.text();
    former.request = row.digest();
    return former;
  });
}

void UserTable::remember_former_login(const Digest& login_digest, const FormerLogin& former) {
  Query query(connection_, "INSERT OR REPLACE INTO former_logins (login_digest, user_id, request) VALUES (?, ?, ?)");
  query.add(login_digest).add(former.user_id).add(former.request).run();
}

}  // namespace nopassd::storage
