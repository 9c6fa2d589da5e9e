// Users: docs/site-api.md, "Users". Fields appear by scope.
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/user_view.hpp"
#include "storage/names.hpp"

#include <fmt/format.h>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::User;
using storage::UserState;

namespace {

void put(json::object& view, std::string_view name, std::string_view value) {
  if (!value.empty()) view[name] = value;
}

void put_personal_data(json::object& view, const User& user) {
  put(view, "givenName", user.profile.given_name);
  put(view, "surName", user.profile.sur_name);
  put(view, "profileImageUrl", user.profile.profile_image_url);
  put(view, "locale", user.profile.locale);
  json::object forbidden;
  for (const auto& [member, is_forbidden] : user.forbidden_store) forbidden[member] = is_forbidden;
  view["forbiddenStore"] = std::move(forbidden);
  view["createdAt"] = storage::format_time(user.created_at);
}

storage::UserFilter filter_of(Call& call) {
  storage::UserFilter filter;
  if (const auto login = call.query.find("login")) {
    const std::string_view wrong = login_fault(*login);
    if (!wrong.empty()) call.faults.parameter("login", std::string(wrong));
    if (wrong.empty()) filter.login_key = storage::login_key(*login);
  }
  if (const auto email = call.query.find("email")) filter.email_key = storage::email_key(*email);
  if (const auto external_id = call.query.find("externalId")) filter.external_id = *external_id;
  if (const auto state = call.query.find("state")) {
    filter.state = storage::state_named<UserState>(*state);
    if (!filter.state) call.faults.parameter("state", "is no state of a user");
  }
  return filter;
}

}  // namespace

json::object user_view(const User& user, const Scopes& scopes) {
  json::object view{{"type", "user"}, {"id", user.id}};
  put(view, "externalId", user.external_id);
  view["state"] = storage::name_of(user.state);
  if (user.state != UserState::active) return view;
  if (has(scopes, Scope::users_email_read)) {
    put(view, "login", user.login);
    put(view, "email", user.profile.email);
  }
  if (has(scopes, Scope::users_phone_read)) put(view, "phoneNumber", user.profile.phone_number);
  if (has(scopes, Scope::users_data_read)) put_personal_data(view, user);
  return view;
}

asio::awaitable<Reply> list_users(Call& call) {
  const storage::PageRequest page = call.query.page(call.faults);
  const storage::UserFilter filter = filter_of(call);
  const bool by_address = call.query.find("login") || call.query.find("email");
  if (by_address && !call.may(Scope::users_email_read)) {
    co_return problem(403, "the scope users:email:read is missing, which the filters login and email need");
  }
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [filter, page](storage::Snapshot& snapshot) { return snapshot.users(filter, page); };
  const auto found = co_await call.services.store.read(std::move(work));
  if (!found) co_return store_trouble(found.error());
  json::array data;
  for (const User& user : found->data) data.push_back(user_view(user, call.peer.scopes));
  co_return list(std::move(data), found->total, page);
}

asio::awaitable<Reply> show_user(Call& call) {
  auto work = [id = uuid_from(call.path.front())](storage::Snapshot& snapshot) -> Outcome<User> {
    auto user = id ? snapshot.user(*id) : std::nullopt;
    if (!user) return Refused{404, "no such user"};
    if (user->state == UserState::deleted) return Refused{410, "the user is deleted"};
    return std::move(*user);
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  co_return resource(call.request, user_view(**found, call.peer.scopes));
}

}  // namespace nopassd::handlers::site
