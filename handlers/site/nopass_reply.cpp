#include "handlers/site/nopass_reply.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

constexpr std::size_t most_words = 200;

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Fit for a line of the log.
std::string words(std::string text, std::string_view secret) {
  if (!secret.empty() && text.find(secret) != std::string::npos) return "(it repeats the authToken)";
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  if (text.size() > most_words) {
    text.resize(most_words);
    text += "…";
  }
  return text;
}

}  // namespace

const json::value* nopass_member(const json::object& object, std::string_view name) {
  for (const auto& each : object) {
    if (same_name({each.key().data(), each.key().size()}, name))
      return each.value().is_null() ? nullptr : &each.value();
  }
  return nullptr;
}

std::string nopass_text(const json::object& object, std::string_view name) {
  const json::value* value = nopass_member(object, name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string{} : std::string(text->data(), text->size());
}

std::optional<std::int64_t> nopass_number(const json::object& object, std::string_view name) {
  const json::value* value = nopass_member(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const std::string text = nopass_text(object, name);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
  }
  boost::system::error_code inexact;
  const auto number = value->to_number<std::int64_t>(inexact);
  if (inexact) return std::nullopt;
  return number;
}

NopassAnswer read_nopass_answer(const NopassReply& reply, std::string_view secret) {
  NopassAnswer answer;
  boost::system::error_code error;
  const json::value parsed = json::parse(reply.body, error);
  const json::object* body = error ? nullptr : parsed.if_object();
  if (body == nullptr) {
    answer.trouble = "the answer is no JSON object";
    return answer;
  }
  const json::value* errors = nopass_member(*body, "errors");
  if (errors != nullptr && !errors->is_array()) {
    answer.trouble = "its errors are no array";
    return answer;
  }
  answer.understood = true;
  if (errors != nullptr && !errors->get_array().empty()) answer.trouble = words(json::serialize(*errors), secret);
  if (const json::value* result = nopass_member(*body, "result")) answer.result = *result;
  return answer;
}

}  // namespace nopassd::handlers::site
