#include "handlers/callback/user_update.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace nopassd::handlers::callback {

namespace json = boost::json;

namespace {

constexpr std::string_view login_name = "login";

void read_field(Members& updates, Faults& faults, FieldUpdate field, UserUpdate& update) {
  const json::object* object = updates.object(field.name);
  if (object == nullptr) return;
  Members members(*object, faults, "updates." + std::string(field.name) + ".");
  if (field.profile != nullptr) {
    field.value = members.text("newValue", text_limit);
  } else if (members.find("newValue") != nullptr) {
    update.login = members.required_login("newValue");
    field.value = update.login.text;
  }
  field.forbidden_store = members.boolean("forbiddenStore");
  update.fields.push_back(std::move(field));
}

bool same_value(const FieldUpdate& field, const storage::User& user, const Login& login) {
  // The spelling that came first is kept.
  if (field.profile == nullptr) return login.key == user.login_key;
  return callback::same_value(ProfileField{field.name, field.profile}, *field.value, user.profile.*field.profile);
}

void apply_value(const FieldUpdate& field, const Login& login, Change& change) {
  if (!field.value || same_value(field, change.user, login)) return;
  change.values.push_back(field.name);
  if (field.profile != nullptr) {
    change.user.profile.*field.profile = *field.value;
    return;
  }
  change.login = true;
  change.user.login = login.text;
  change.user.login_key = login.key;
}

}  // namespace

UserUpdate read_updates(const json::object& updates, Faults& faults) {
  Members members(updates, faults, "updates.");
  UserUpdate update;
  for (const ProfileField& field : profile_fields) {
    read_field(members, faults, FieldUpdate{field.name, field.value, {}, {}}, update);
  }
  read_field(members, faults, FieldUpdate{login_name, nullptr, {}, {}}, update);
  return update;
}

Change change_of(const storage::User& user, const UserUpdate& update) {
  Change change;
  change.user = user;
  for (const FieldUpdate& field : update.fields) {
    apply_value(field, update.login, change);
    if (!field.forbidden_store) continue;
    const std::string name(field.name);
    const auto known = change.user.forbidden_store.find(name);
    if (known != change.user.forbidden_store.end() && known->second == *field.forbidden_store) continue;
    change.user.forbidden_store[name] = *field.forbidden_store;
    change.forbidden_store[name] = *field.forbidden_store;
  }
  return change;
}

std::string canonical(const UserUpdate& update) {
  json::array fields;
  for (const FieldUpdate& field : update.fields) {
    json::array entry;
    entry.emplace_back(field.name);
    entry.emplace_back(field.value ? json::value(*field.value) : json::value());
    entry.emplace_back(field.forbidden_store ? json::value(*field.forbidden_store) : json::value());
    fields.emplace_back(std::move(entry));
  }
  return json::serialize(fields);
}

}  // namespace nopassd::handlers::callback
