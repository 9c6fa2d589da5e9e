#include "handlers/callback/new_users.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <unordered_set>

namespace nopassd::handlers::callback {

namespace json = boost::json;

namespace {

std::string element(std::size_t index) { return "users[" + std::to_string(index) + "]"; }

NewUser read_members(Members members) {
  NewUser user;
  user.profile.given_name = members.text("givenName", text_limit).value_or("");
  user.profile.sur_name = members.text("surName", text_limit).value_or("");
  user.profile.phone_number = members.text("phoneNumber", text_limit).value_or("");
  user.uses_email_as_login = members.boolean("isUseEmailAsLogin").value_or(false);
  if (user.uses_email_as_login) {
    user.login = members.required_login("email");
    user.profile.email = user.login.text;
    return user;
  }
  user.profile.email = members.text("email", text_limit).value_or("");
  user.login = members.required_login("login");
  return user;
}

NewUser read_user(const json::value& value, std::size_t index, Faults& faults) {
  const json::object* object = value.if_object();
  if (object == nullptr) {
    faults.push_back(Fault{"103", element(index) + " is not an object"});
    return {};
  }
  Members members(*object, faults, element(index) + ".");
  if (members.find("user") == nullptr) return read_members(std::move(members));
  const json::object* inner = members.object("user");
  if (inner == nullptr) return {};
  return read_members(Members(*inner, faults, element(index) + ".user."));
}

void read_users(const json::value& value, Faults& faults, std::vector<NewUser>& users) {
  const json::array* array = value.if_array();
  if (array == nullptr) {
    faults.push_back(Fault{"103", "users is not an array"});
    return;
  }
  if (array->size() > most_users_at_once) {
    faults.push_back(Fault{"103", "users has more than 10000 elements"});
    return;
  }
  std::unordered_set<std::string> logins;
  for (std::size_t i = 0; i < array->size(); ++i) {
    NewUser user = read_user((*array)[i], i, faults);
    if (!user.login.key.empty() && !logins.insert(user.login.key).second) {
      faults.push_back(Fault{"103", element(i) + " has the login of an element before it"});
    }
    users.push_back(std::move(user));
  }
}

}  // namespace

NewUsers read_new_users(const json::object& body, const storage::Portal& portal, Faults& faults) {
  NewUsers found;
  Members outer(body, faults);
  const std::size_t before = faults.size();
  const json::object* model = outer.object("model");
  if (faults.size() > before) return found;
  Members inner(model != nullptr ? *model : body, faults);
  if (const json::value* users = inner.find("users")) {
    read_users(*users, faults, found.users);
  } else {
    inner.fault("102", "users", "is missing");
  }
  // It is compared wherever it stands, and has to stand somewhere.
  if (model != nullptr && outer.find("portalId") != nullptr) {
    found.portal_id = outer.portal_id(portal);
    inner.portal_id(portal);
  } else {
    found.portal_id = inner.required_portal_id(portal);
  }
  return found;
}

std::string canonical(const NewUsers& users) {
  json::array list;
  for (const NewUser& user : users.users) {
    json::array entry;
    entry.emplace_back(user.login.key);
    for (const ProfileField& field : profile_fields) entry.emplace_back(user.profile.*field.value);
    entry.emplace_back(user.uses_email_as_login);
    list.emplace_back(std::move(entry));
  }
  return json::serialize(list);
}

}  // namespace nopassd::handlers::callback
