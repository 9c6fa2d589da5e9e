#include "tools/nopass-sim/nopass.hpp"

#include <fmt/format.h>

#include <vector>

namespace nopassd::sim {

namespace json = boost::json;

namespace {

constexpr std::size_t most_log_entries = 50;

Answer nopass_error(std::string_view code, std::string_view message, unsigned status = 200) {
  return {status, {{"errors", {{{"code", code}, {"message", message}}}}, {"result", nullptr}}};
}

Answer result(json::value value) { return {200, {{"errors", json::array{}}, {"result", std::move(value)}}}; }

std::string code_of(const Drawing& drawing) { return fmt::format("{:03}", drawing.code % 1000); }

std::int64_t milliseconds_until(std::chrono::steady_clock::time_point then) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(then - std::chrono::steady_clock::now());
  return std::max<std::int64_t>(0, left.count());
}

}  // namespace

void Nopass::add_known_user(const std::string& login) { users_.insert(login); }

void Nopass::note(std::string_view direction, std::string_view name, unsigned status, std::string_view note) {
  const std::lock_guard lock(mutex_);
  log_.push_back({{"direction", direction}, {"name", name}, {"status", status}, {"note", note}});
  if (log_.size() > most_log_entries) log_.pop_front();
}

std::optional<Answer> Nopass::refuse_caller(std::string_view bearer, const json::object& body) const {
  if (portal_state_ != "registered") return nopass_error("112", "the portal is not registered", 401);
  if (bearer != auth_token_) return nopass_error("401", "authToken is not valid", 401);
  if (text_of(body, "portalId") != portal_id_) return nopass_error("104", "portalId is not valid");
  return std::nullopt;
}

Answer Nopass::request_authorization(std::string_view bearer, const json::object& body) {
  const std::lock_guard lock(mutex_);
  if (auto refusal = refuse_caller(bearer, body)) return *refusal;
  const std::string login = text_of(body, "userId");
  if (!users_.contains(login)) return nopass_error("107", "user not found");
  Login made;
  made.login = login;
  made.auth_id = fresh_id();
  made.drawing = another({});
  made.next_change = Clock::now() + options_.picture_period;
  made.expires = Clock::now() + options_.login_lifetime;
  json::object picture = body::update_picture(made.auth_id, make_png(made.drawing), 0, login);
  json::object told{
      {"authId", made.auth_id}, {"image", picture.at("image")}, {"nextChange", options_.picture_period.count()}};
  logins_[fmt::format("login-{:04}", ++made_)] = std::move(made);
  Answer answer = result(std::move(told));
  answer.body["loginUrl"] = options_.base_url;
  return answer;
}

Answer Nopass::pre_register_user(std::string_view bearer, const json::object& body) {
  const std::lock_guard lock(mutex_);
  if (auto refusal = refuse_caller(bearer, body)) return *refusal;
  Registration made;
  made.login = text_of(body, "userId");
  if (made.login.empty()) return nopass_error("102", "userId is missing");
  if (users_.contains(made.login)) return nopass_error("108", "login already exists");
  const json::value* data = body.if_contains("data");
  const json::object person = data != nullptr && data->is_object() ? data->get_object() : json::object{};
  made.person = {text_of(person, "givenName"), text_of(person, "surName"), text_of(person, "phoneNumber"),
                 text_of(person, "email"), made.login};
  made.otp = fresh_id();
  made.token = fresh_id();
  made.redirect_url = text_of(body, "redirectUrl");
  json::object told{{"otp", made.otp}, {"registerLink", options_.base_url + "/register/" + made.token}};
  registrations_[fmt::format("registration-{:04}", ++made_)] = std::move(made);
  return result(std::move(told));
}

Answer Nopass::delete_user(std::string_view bearer, const json::object& body) {
  const std::lock_guard lock(mutex_);
  if (auto refusal = refuse_caller(bearer, body)) return *refusal;
  if (users_.erase(text_of(body, "userId")) == 0) return nopass_error("107", "user not found");
  return result(true);
}

json::object Nopass::state() const {
  const std::lock_guard lock(mutex_);
  json::array users;
  for (const std::string& login : users_) users.emplace_back(login);
  json::array logins;
  for (auto entry = logins_.rbegin(); entry != logins_.rend(); ++entry) {
    const auto& [id, login] = *entry;
    json::object shown{{"id", id}, {"login", login.login}, {"state", login.state}, {"code", code_of(login.drawing)}};
    if (!login.reason.empty()) shown["reason"] = login.reason;
    if (login.state == "pending") {
      shown["image"] = body::update_picture("", make_png(login.drawing), 0, "").at("image");
      shown["nextChangeInMs"] = milliseconds_until(login.next_change);
      shown["expiresInMs"] = milliseconds_until(login.expires);
    }
    logins.push_back(std::move(shown));
  }
  json::array registrations;
  for (const auto& [id, registration] : registrations_) {
    registrations.push_back({{"id", id},
                             {"login", registration.login},
                             {"state", registration.state},
                             {"link", options_.base_url + "/register/" + registration.token}});
  }
  return {{"portal", {{"state", portal_state_}, {"named", options_.portal.has_value()}}},
          {"users", std::move(users)},
          {"logins", std::move(logins)},
          {"registrations", std::move(registrations)},
          {"log", json::array(log_.begin(), log_.end())}};
}

void Nopass::tick() {
  std::vector<std::string> due;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, login] : logins_) {
      if (login.state != "pending") continue;
      if (login.expires <= Clock::now()) {
        login.state = "expired";
      } else if (login.next_change <= Clock::now()) {
        due.push_back(id);
      }
    }
  }
  for (const std::string& id : due) send_picture(id);
}

}  // namespace nopassd::sim
