#include "handlers/site/question_view.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

/// Nothing for a member that everybody may see who may answer.
std::optional<Scope> scope_of(std::string_view member) {
  if (member == "count") return std::nullopt;
  if (member == "login" || member == "logins" || member == "email") return Scope::users_email_read;
  if (member == "phoneNumber") return Scope::users_phone_read;
  return Scope::users_data_read;
}

json::value value_of(std::string_view member, const std::string& text) {
  if (member == "count") return std::stoll(text);
  if (member != "logins") return json::string(text);
  json::array logins;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view login = rest.substr(0, rest.find('\n'));
    logins.emplace_back(login);
    rest.remove_prefix(login.size() == rest.size() ? login.size() : login.size() + 1);
  }
  return logins;
}

}  // namespace

json::object question_head(const storage::Question& question) {
  json::object view{{"type", "question"}, {"id", question.id}, {"callback", question.callback}};
  if (!question.user_id.empty()) view["userId"] = question.user_id;
  view["askedAt"] = storage::format_time(question.asked_at);
  view["deadline"] = storage::format_time(question.deadline);
  return view;
}

json::object question_view(const storage::Question& question, const Scopes& scopes) {
  json::object view = question_head(question);
  for (const auto& [name, text] : question.members) {
    const auto scope = scope_of(name);
    if (!scope || has(scopes, *scope)) view[name] = value_of(name, text);
  }
  return view;
}

}  // namespace nopassd::handlers::site
