// What console and phone do, and the callbacks that come of it.
#include "tools/nopass-sim/nopass.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <random>

namespace nopassd::sim {

namespace json = boost::json;

Drawing another(const Drawing& before) {
  std::random_device device;
  Drawing drawing = before;
  while (drawing.code % 1000 == before.code % 1000) drawing = {device() % 6, device() % 6, device() % 1000};
  return drawing;
}

Nopass::Called Nopass::call(Callback callback, const json::object& body) {
  const std::string_view name = kind_of(callback).name;
  Called called;
  if (!options_.portal) {
    called.trouble = "no portal was named: start nopass-sim serve with --portal";
    return called;
  }
  unsigned status = 0;
  try {
    const HttpReply reply =
        exchange(*options_.portal,
                 {"POST", path_of(callback), std::string(kind_of(callback).content_type), json::serialize(body)});
    status = reply.status;
    const CallbackReply read = ReplyReader().read(callback, reply);
    called.done = status == 200;
    called.result = read.result;
    if (!called.done) called.trouble = fmt::format("{} was answered {}", name, status);
    for (const std::string& code : read.codes) {
      called.trouble += fmt::format(" (code {})", code);
      called.over = called.over || code == "105" || code == "109";
    }
  } catch (const std::exception& failure) {
    called.trouble = fmt::format("{}: {}", name, failure.what());
  }
  note("out", name, status, called.trouble);
  return called;
}

Answer Nopass::carry_out(Callback callback, const json::object& body) {
  const Called called = call(callback, body);
  return called.done ? Answer{200, {{"done", true}}} : problem(502, called.trouble);
}

Answer Nopass::register_portal(std::string_view admin_id, std::string_view s_code) {
  constexpr std::int64_t r = 36729001;
  const Called challenged = call(Callback::confirm_pre_registration, body::confirm_pre_registration(admin_id, r));
  if (!challenged.done) return problem(502, challenged.trouble);
  const json::object* told = challenged.result.if_object();
  const json::value* sum = told == nullptr ? nullptr : told->if_contains("r");
  if (sum == nullptr || *sum != r + 1) return problem(502, "ConfirmPreRegistration did not answer with r + 1");
  if (text_of(*told, "sCode") != s_code) return problem(502, "the S-code is not the portal's");
  const std::string portal_id = fresh_id();
  const std::string auth_token = fresh_id() + fresh_id();
  const Called confirmed = call(Callback::confirm_registration, body::confirm_registration(portal_id, auth_token));
  if (!confirmed.done) return problem(502, confirmed.trouble);
  const std::lock_guard lock(mutex_);
  portal_id_ = portal_id;
  auth_token_ = auth_token;
  portal_state_ = "registered";
  return {200, {{"done", true}}};
}

Answer Nopass::add_user(const Person& person) {
  const std::string portal_id = [this] {
    const std::lock_guard lock(mutex_);
    return portal_id_;
  }();
  json::object user = body::user_of(person);
  user["login"] = person.login;
  user["isUseEmailAsLogin"] = "false";
  const json::object body{{"model", {{"users", {{{"user", user}}}}, {"portalId", portal_id}}}};
  Answer answer = carry_out(Callback::add_users, body);
  if (answer.status != 200) return answer;
  const std::lock_guard lock(mutex_);
  users_.insert(person.login);
  return answer;
}

Answer Nopass::remove_user(const std::string& login) {
  std::string portal_id;
  {
    const std::lock_guard lock(mutex_);
    if (!users_.contains(login)) return problem(404, "there is no such user");
    portal_id = portal_id_;
  }
  Answer answer = carry_out(Callback::delete_user, body::delete_user(login, portal_id));
  if (answer.status != 200) return answer;
  const std::lock_guard lock(mutex_);
  users_.erase(login);
  return answer;
}

void Nopass::set_state(const std::string& login_id, std::string_view state, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  Login& login = logins_.at(login_id);
  login.state = state;
  login.reason = reason;
}

Answer Nopass::decide(const std::string& login_id, bool approve, const std::string& reason) {
  std::string auth_id;
  {
    const std::lock_guard lock(mutex_);
    const auto found = logins_.find(login_id);
    if (found == logins_.end()) return problem(404, "there is no such login");
    if (found->second.state != "pending") return problem(409, "the login is " + found->second.state);
    auth_id = found->second.auth_id;
  }
  const Called called = call(Callback::authorized_user, body::authorized_user(auth_id, approve, reason));
  // What did not get through can be tried again.
  if (called.done || called.over) set_state(login_id, called.over ? "ended" : approve ? "approved" : "denied", reason);
  return called.done ? Answer{200, {{"done", true}}} : problem(502, called.trouble);
}

Nopass::Called Nopass::send_picture(const std::string& id) {
  json::object body;
  {
    const std::lock_guard lock(mutex_);
    Login& login = logins_.at(id);
    login.drawing = another(login.drawing);
    login.next_change = Clock::now() + options_.picture_period;
    body = body::update_picture(login.auth_id, make_png(login.drawing), options_.picture_period.count(), login.login);
  }
  const Called called = call(Callback::update_picture, body);
  const std::lock_guard lock(mutex_);
  Login& login = logins_.at(id);
  if (called.over && login.state == "pending") login.state = "ended";
  return called;
}

Answer Nopass::change_picture(const std::string& login_id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = logins_.find(login_id);
    if (found == logins_.end()) return problem(404, "there is no such login");
    if (found->second.state != "pending") return problem(409, "the login is " + found->second.state);
  }
  const Called called = send_picture(login_id);
  return called.done ? Answer{200, {{"done", true}}} : problem(502, called.trouble);
}

Answer Nopass::close(const std::string& login_id) {
  json::object body;
  {
    const std::lock_guard lock(mutex_);
    const auto found = logins_.find(login_id);
    if (found == logins_.end()) return problem(404, "there is no such login");
    body = body::close_session(found->second.login, portal_id_, found->second.auth_id);
  }
  Answer answer = carry_out(Callback::close_session, body);
  if (answer.status == 200) set_state(login_id, "closed");
  return answer;
}

Answer Nopass::disable() {
  const std::string portal_id = [this] {
    const std::lock_guard lock(mutex_);
    return portal_id_;
  }();
  Answer answer = carry_out(Callback::disable_service, body::disable_service(portal_id));
  if (answer.status != 200) return answer;
  const std::lock_guard lock(mutex_);
  portal_state_ = "disabled";
  return answer;
}

Answer Nopass::confirm_registration(const std::string& id) {
  Registration registration;
  std::string portal_id;
  {
    const std::lock_guard lock(mutex_);
    const auto found = registrations_.find(id);
    if (found == registrations_.end()) return problem(404, "there is no such registration");
    if (found->second.state != "started") return problem(409, "the registration is " + found->second.state);
    registration = found->second;
    portal_id = portal_id_;
  }
  const auto finish = [this, &id](std::string_view state) {
    const std::lock_guard lock(mutex_);
    registrations_.at(id).state = state;
  };
  const Called validated = call(Callback::validate_user_registration,
                                body::validate_user_registration(registration.otp, registration.person));
  if (!validated.done || validated.result != true) {
    finish("refused");
    return problem(502, validated.done ? "the portal refused the registration" : validated.trouble);
  }
  Answer answer =
      carry_out(Callback::confirm_user_registration,
                body::confirm_user_registration(registration.otp, portal_id, fresh_id(), registration.login));
  finish(answer.status == 200 ? "confirmed" : "refused");
  if (answer.status != 200) return answer;
  answer.body["redirectUrl"] = registration.redirect_url;
  const std::lock_guard lock(mutex_);
  users_.insert(registration.login);
  return answer;
}

Answer Nopass::refuse_registration(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = registrations_.find(id);
  if (found == registrations_.end()) return problem(404, "there is no such registration");
  if (found->second.state != "started") return problem(409, "the registration is " + found->second.state);
  found->second.state = "cancelled";
  return {200, {{"done", true}, {"redirectUrl", found->second.redirect_url}}};
}

Answer Nopass::registration_of(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, registration] : registrations_) {
    if (registration.token != token) continue;
    return {200, {{"id", id}, {"login", registration.login}, {"state", registration.state}}};
  }
  return problem(404, "there is no such registration");
}

}  // namespace nopassd::sim
