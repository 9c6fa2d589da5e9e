#include "tools/nopass-sim/routes.hpp"

#include "tools/nopass-sim/pages.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/pct_string_view.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

namespace nopassd::sim {

namespace json = boost::json;

namespace {

std::optional<json::object> object_of(const std::string& text) {
  boost::system::error_code error;
  const json::value value = json::parse(text.empty() ? "{}" : text, error);
  if (error || !value.is_object()) return std::nullopt;
  return value.get_object();
}

WebReply json_reply(const Answer& answer) { return {answer.status, "application/json", json::serialize(answer.body)}; }

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto slash = std::min(path.find('/'), path.size());
    const auto decoded = boost::urls::make_pct_string_view({path.data(), slash});
    if (!decoded) return {};
    std::string& segment = segments.emplace_back();
    decoded->decode({}, boost::urls::string_token::assign_to(segment));
    path.remove_prefix(slash);
  }
  return segments;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "text/html; charset=utf-8";
}

std::optional<WebReply> page(std::string_view path) {
  std::string_view name = path.substr(1);
  if (path == "/") name = "phone.html";
  if (path.starts_with("/register/")) name = "register.html";
  const auto all = pages();
  const auto found = std::ranges::find(all, name, &Page::name);
  if (found == all.end()) return std::nullopt;
  return WebReply{200, std::string(type_of(name)), std::string(found->text)};
}

/// A page of somewhere else, or a name that somebody made lead to this machine, must not steer it.
bool is_own(const WebRequest& request) {
  const std::string name = request.host.substr(0, request.host.rfind(':'));
  const bool here = name == "127.0.0.1" || name == "localhost" || name == "[::1]";
  const bool from_here = request.origin.empty() || request.origin == "http://" + request.host;
  return here && from_here && request.fetch_site != "cross-site";
}

Person person_of(const json::object& body) {
  return {text_of(body, "givenName"), text_of(body, "surName"), text_of(body, "phoneNumber"), text_of(body, "email"),
          text_of(body, "login")};
}

}  // namespace

std::optional<WebReply> Routes::portal_call(const WebRequest& request) {
  using Handler = Answer (Nopass::*)(std::string_view, const json::object&);
  struct Row {
    std::string_view path, name;
    Handler handler;
  };
  const std::array<Row, 3> rows = {
      {{"/api/UserAuthentication/RequestAuthorization", "RequestAuthorization", &Nopass::request_authorization},
       {"/api/UserRegistration/PreRegisterUser", "PreRegisterUser", &Nopass::pre_register_user},
       {delete_path_, "DeleteUser", &Nopass::delete_user}}};
  const auto row = std::ranges::find(rows, request.path, &Row::path);
  if (row == rows.end() || request.method != "POST") return std::nullopt;
  const auto fault = faults_.take(row->name);
  if (fault) std::this_thread::sleep_for(fault->delay);
  WebReply reply;
  if (fault && !fault->only_late) {
    reply = {fault->status, "application/json", fault->body.value_or("{}"), fault->hang_up};
  } else if (const auto body = object_of(request.body)) {
    reply = json_reply((nopass_.*row->handler)(request.bearer, *body));
  } else {
    reply = json_reply(problem(400, "the body is not a JSON object"));
  }
  nopass_.note("in", row->name, reply.hang_up ? 0 : reply.status, fault ? "as planned by a test" : "");
  return reply;
}

WebReply Routes::answer(const WebRequest& request) {
  if (auto reply = portal_call(request)) return *reply;
  // Links lead to the pages from anywhere; control is theirs alone.
  const bool is_control = request.path.starts_with("/sim/");
  if (is_control && !is_own(request)) return json_reply(problem(403, "only pages of this server may ask for this"));
  if (is_control) return json_reply(control(request));
  if (request.method == "GET") {
    if (auto found = page(request.path)) return *found;
  }
  return json_reply(problem(404, "there is no such page"));
}

Answer Routes::control(const WebRequest& request) {
  const auto segments = segments_of(request.path);
  const auto body = object_of(request.body);
  if (!body) return problem(400, "the body is not a JSON object");
  if (segments.empty()) return problem(400, "the path cannot be decoded");
  const auto is = [&](std::string_view method, std::size_t length, std::string_view what) {
    return request.method == method && segments.size() == length && segments[1] == what;
  };
  if (is("GET", 2, "state")) return {200, nopass_.state()};
  if (is("POST", 2, "register")) return nopass_.register_portal(text_of(*body, "adminId"), text_of(*body, "sCode"));
  if (is("POST", 2, "users")) return nopass_.add_user(person_of(*body));
  if (is("DELETE", 3, "users")) return nopass_.remove_user(segments[2]);
  if (is("POST", 2, "disable")) return nopass_.disable();
  if (is("GET", 3, "links")) return nopass_.registration_of(segments[2]);
  if (is("POST", 2, "faults")) {
    return faults_.plan(*body)
               ? Answer{200, {{"done", true}}}
               : problem(400, "next must be an array of {call, …}; a status is 200 to 599, but not 204 and 304");
  }
  if (is("POST", 4, "logins")) {
    if (segments[3] == "approve") return nopass_.decide(segments[2], true, "");
    if (segments[3] == "deny") return nopass_.decide(segments[2], false, text_of(*body, "reason"));
    if (segments[3] == "picture") return nopass_.change_picture(segments[2]);
    if (segments[3] == "close") return nopass_.close(segments[2]);
  }
  if (is("POST", 4, "registrations")) {
    if (segments[3] == "confirm") return nopass_.confirm_registration(segments[2]);
    if (segments[3] == "cancel") return nopass_.refuse_registration(segments[2]);
  }
  return problem(404, "there is nothing to control under this path and method");
}

}  // namespace nopassd::sim
