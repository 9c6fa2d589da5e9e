// PUT /v1/users/by-external-id/{externalId}: the site's own key for a user, who is made when nobody has the login.
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/user_view.hpp"
#include "storage/names.hpp"

#include <boost/json/array.hpp>

#include <array>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Profile;
using storage::User;

namespace {

struct ProfileMember {
  std::string_view name;
  std::string Profile::*value;
};
constexpr std::array profile_members = {
    ProfileMember{"email", &Profile::email},
    ProfileMember{"givenName", &Profile::given_name},
    ProfileMember{"surName", &Profile::sur_name},
    ProfileMember{"phoneNumber", &Profile::phone_number},
    ProfileMember{"profileImageUrl", &Profile::profile_image_url},
    ProfileMember{"locale", &Profile::locale},
};

struct UserWanted {
  std::string external_id;
  std::string login;
  std::string login_key;
  Profile profile;  // what is empty stays as it is
};

struct Put {
  User user;
  bool made = false;
};

UserWanted wanted_user(Call& call) {
  constexpr std::size_t longest_external_id = 256;
  UserWanted wanted;
  wanted.external_id = call.path.front();
  const auto length = storage::code_points(wanted.external_id);
  if (!length || *length > longest_external_id || has_control(wanted.external_id)) {
    call.faults.parameter("externalId", "must have 1 to 256 characters, none of them a control character");
  }
  wanted.login = login_member(call.body, "login", call.faults).value_or("");
  if (member(call.body, "login") == nullptr) call.faults.body("/login", "is required");
  if (!wanted.login.empty()) wanted.login_key = storage::login_key(wanted.login);
  for (const ProfileMember& field : profile_members) {
    wanted.profile.*field.value = text_member(call.body, field.name, {}, call.faults).value_or("");
  }
  return wanted;
}

Put make(storage::Transaction& transaction, const UserWanted& wanted) {
  User user;
  user.id = transaction.new_id();
  user.external_id = wanted.external_id;
  user.login = wanted.login;
  user.login_key = wanted.login_key;
  user.profile = wanted.profile;
  user.created_at = transaction.now();
  transaction.add_user(user);
  transaction.append(storage::user_event("added", user));
  return {std::move(user), true};
}

Put change(storage::Transaction& transaction, User user, const UserWanted& wanted) {
  json::array changed;
  if (user.external_id != wanted.external_id) {
    user.external_id = wanted.external_id;
    changed.emplace_back("externalId");
  }
  for (const ProfileMember& field : profile_members) {
    const std::string& value = wanted.profile.*field.value;
    if (value.empty() || user.profile.*field.value == value) continue;
    user.profile.*field.value = value;
    changed.emplace_back(field.name);
  }
  if (changed.empty()) return {std::move(user), false};
  transaction.update_user(user);
  storage::EventDraft event = storage::user_event("updated", user);
  event.data["changed"] = std::move(changed);
  event.data["forbiddenStore"] = json::object();
  transaction.append(std::move(event));
  return {std::move(user), false};
}

Outcome<Put> put(storage::Transaction& transaction, const UserWanted& wanted) {
  auto of_key = transaction.user_by_external_id(wanted.external_id);
  if (of_key && of_key->login_key != wanted.login_key) {
    return Refused{409, "the user of this externalId has another login"};
  }
  if (of_key) return change(transaction, std::move(*of_key), wanted);
  auto of_login = transaction.user_by_login(wanted.login_key);
  if (!of_login) return make(transaction, wanted);
  if (!of_login->external_id.empty()) return Refused{409, "this login belongs to another externalId"};
  return change(transaction, std::move(*of_login), wanted);
}

}  // namespace

asio::awaitable<Reply> put_user(Call& call) {
  UserWanted wanted = wanted_user(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [wanted = std::move(wanted)](storage::Transaction& transaction) { return put(transaction, wanted); };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  const Put& result = **done;
  const json::object view = user_view(result.user, call.peer.scopes);
  if (!result.made) co_return json_reply(200, view);
  co_return created(view, "/v1/users/" + result.user.id);
}

}  // namespace nopassd::handlers::site
