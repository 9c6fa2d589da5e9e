#include "handlers/callback/media_type.hpp"

#include "handlers/callback/ascii.hpp"

#include <optional>
#include <string>
#include <utility>

namespace nopassd::handlers::callback {

namespace {

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const char low = ascii_lower(c);
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || token_marks.find(c) != std::string_view::npos;
  });
}

// Cuts off what stands before the first `separator` outside quotes; `rest` keeps what follows it.
std::string_view cut(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
    if (rest[at] == '"') quoted = !quoted;
    if (quoted && rest[at] == '\\' && at + 1 < rest.size()) ++at;
  }
  const std::string_view piece = trimmed(rest.substr(0, at));
  rest = at < rest.size() ? rest.substr(at + 1) : std::string_view();
  return piece;
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.empty() || text.front() != '"') return is_token(text) ? std::optional(std::string(text)) : std::nullopt;
  if (text.size() < 2 || text.back() != '"') return std::nullopt;
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

// A parameter as name and value; nothing when it is malformed.
std::optional<std::pair<std::string_view, std::string>> parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = trimmed(text.substr(0, equals));
  auto value = unquoted(trimmed(text.substr(equals + 1)));
  if (!is_token(name) || !value) return std::nullopt;
  return std::pair(name, std::move(*value));
}

bool is_json(std::string_view type) {
  // The vendor's documentation prints these two with a slash, the second for callback 5.
  if (same_word(type, "/application/json-patch+json") || same_word(type, "/application/json")) return true;
  constexpr std::string_view application = "application/";
  constexpr std::string_view suffix = "+json";
  if (!same_word(type.substr(0, application.size()), application)) return false;
  const std::string_view subtype = type.substr(application.size());
  if (!is_token(subtype)) return false;
  return same_word(subtype, "json") ||
         (subtype.size() > suffix.size() && same_word(subtype.substr(subtype.size() - suffix.size()), suffix));
}

bool is_zero(std::string_view quality) { return quality.find_first_not_of("0.") == std::string_view::npos; }

}  // namespace

bool is_json_content_type(std::string_view header) {
  std::string_view rest = trimmed(header);
  if (rest.empty()) return true;
  if (!is_json(cut(rest, ';'))) return false;
  while (!rest.empty()) {
    const std::string_view piece = cut(rest, ';');
    if (piece.empty()) continue;
    const auto found = parameter(piece);
    if (!found) return false;
    if (same_word(found->first, "charset") && !same_word(found->second, "utf-8")) return false;
  }
  return true;
}

bool is_identity_encoding(std::string_view header) {
  const std::string_view encoding = trimmed(header);
  return encoding.empty() || same_word(encoding, "identity");
}

bool accepts_json_by_name(std::string_view header) {
  while (!header.empty()) {
    std::string_view range = cut(header, ',');
    if (!same_word(cut(range, ';'), "application/json")) continue;
    bool wanted = true;
    while (!range.empty()) {
      const auto found = parameter(cut(range, ';'));
      if (found && same_word(found->first, "q")) wanted = !is_zero(found->second);
    }
    if (wanted) return true;
  }
  return false;
}

}  // namespace nopassd::handlers::callback
