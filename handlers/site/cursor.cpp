#include "handlers/site/cursor.hpp"

#include <charconv>

namespace nopassd::handlers::site {

std::optional<Cursor> parse_cursor(std::string_view text) {
  constexpr std::size_t longest_epoch = 64;
  const std::size_t dot = text.find('.');
  if (dot == text.npos || dot == 0 || dot > longest_epoch) return std::nullopt;
  const std::string_view epoch = text.substr(0, dot);
  const std::string_view digits = text.substr(dot + 1);
  if (epoch.find_first_not_of("0123456789abcdef") != epoch.npos) return std::nullopt;
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  Cursor cursor{std::string(epoch), 0};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cursor.sequence);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return cursor;
}

std::string cursor_text(std::string_view epoch, std::int64_t sequence) {
  std::string text(epoch);
  text += '.';
  text += std::to_string(sequence);
  return text;
}

bool is_kept(const Cursor& cursor, const storage::EventLog& log) {
  return cursor.epoch == log.epoch && cursor.sequence >= log.swept && cursor.sequence <= log.last;
}

}  // namespace nopassd::handlers::site
