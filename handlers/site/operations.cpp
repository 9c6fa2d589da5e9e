// What an operator asks of the running process: a backup, a reload, a diagnosis.
#include "handlers/operations.hpp"

#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

#include <boost/json/array.hpp>

#include <array>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

/// `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`: a plain file name everywhere, and never a hidden one.
bool is_backup_name(std::string_view name) {
  constexpr std::size_t longest = 100;
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  const bool allowed = name.find_first_not_of(letters) == name.npos;
  return !name.empty() && name.size() <= longest && allowed && std::string_view("._-").find(name.front()) == name.npos;
}

std::string backup_name(Call& call) {
  const auto name = text_member(call.body, "name", {.required = true}, call.faults);
  if (name && !is_backup_name(*name)) {
    call.faults.body("/name", "must be 1 to 100 of A-Z a-z 0-9 . _ - and begin with a letter or digit");
  }
  return name.value_or("");
}

json::array strings(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::object check_view(const Check& check) {
  constexpr std::array<std::string_view, 3> statuses = {"ok", "warning", "failing"};
  json::object view{{"name", check.name}, {"status", statuses[static_cast<std::size_t>(check.status)]}};
  view["detail"] = check.detail;
  if (!check.advice.empty()) view["advice"] = check.advice;
  return view;
}

}  // namespace

asio::awaitable<Reply> make_backup(Call& call) {
  std::string name = backup_name(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  const auto made = co_await call.services.operations->back_up(name);
  if (!made) co_return problem(made.error().exists ? 409 : 503, made.error().detail);
  const json::object body{
      {"type", "backup"}, {"id", name}, {"bytes", made->bytes}, {"createdAt", storage::format_time(made->created_at)}};
  co_return created(body, "");
}

asio::awaitable<Reply> reload_configuration(Call& call) {
  const Reloaded done = co_await call.services.operations->reload();
  if (!done.problems.empty()) {
    co_return problem_list(422, "the configuration is wrong; the old one stays in force", done.problems);
  }
  json::object body{{"type", "reload"}, {"id", "reload"}};
  body["changed"] = strings(done.changed);
  body["restart"] = strings(done.restart);
  co_return json_reply(200, body);
}

asio::awaitable<Reply> show_diagnosis(Call& call) {
  const auto checks = co_await call.services.operations->diagnose();
  json::array views;
  for (const Check& check : checks) views.push_back(check_view(check));
  json::object body{{"type", "diagnosis"}, {"id", "diagnosis"}};
  body["checks"] = std::move(views);
  // No ETag: each is a new look.
  Reply reply = json_reply(200, body);
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

}  // namespace nopassd::handlers::site
