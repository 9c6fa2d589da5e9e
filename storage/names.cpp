#include "storage/names.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace nopassd::storage {

namespace {

/// Calls `each(code_point)` for every one; false when the text is not valid UTF-8.
template <class Each>
bool for_each_code_point(std::string_view text, Each each) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(at, left, &code_point);
    if (used <= 0) return false;
    each(code_point);
    at += used;
    left -= used;
  }
  return true;
}

bool is_space(utf8proc_int32_t code_point) {
  if ((code_point >= 0x09 && code_point <= 0x0d) || code_point == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(code_point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

std::string map_once(const std::string& text, int options) {
  struct Free {
    void operator()(utf8proc_uint8_t* memory) const { std::free(memory); }
  };
  utf8proc_uint8_t* memory = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &memory, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, Free> mapped(memory);
  if (length < 0) return text;
  return std::string(reinterpret_cast<const char*>(mapped.get()), static_cast<std::size_t>(length));
}

/// Folding can undo composition and the reverse, so once is not always enough; every known text settles in three.
std::string map_until_stable(std::string_view text, int options) {
  std::string before(text);
  for (int round = 0; round < 8; ++round) {
    std::string after = map_once(before, options);
    if (after == before) break;
    before = std::move(after);
  }
  return before;
}

}  // namespace

std::optional<std::size_t> code_points(std::string_view text) {
  std::size_t count = 0;
  if (!for_each_code_point(text, [&count](utf8proc_int32_t) { ++count; })) return std::nullopt;
  return count;
}

NameFault check_login(std::string_view text) {
  if (text.empty()) return NameFault::empty;
  std::size_t count = 0;
  bool first_is_space = false;
  bool last_is_space = false;
  bool has_control = false;
  bool has_ignorable = false;
  const bool valid = for_each_code_point(text, [&](utf8proc_int32_t code_point) {
    last_is_space = is_space(code_point);
    if (count++ == 0) first_is_space = last_is_space;
    if (utf8proc_category(code_point) == UTF8PROC_CATEGORY_CC) has_control = true;
    if (utf8proc_get_property(code_point)->ignorable != 0) has_ignorable = true;
  });
  if (!valid) return NameFault::not_utf8;
  if (count > max_login_code_points) return NameFault::too_long;
  if (first_is_space || last_is_space) return NameFault::outer_space;
  if (has_control) return NameFault::control;
  if (has_ignorable) return NameFault::ignorable;
  return NameFault::none;
}

// NFKC by itself comes first: folding while decomposing turns a combining mark (U+0345) into a letter before the marks
// are put in order, and then two spellings of the same text differ.
std::string login_key(std::string_view login) {
  constexpr int nfkc = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
  return map_until_stable(map_once(std::string(login), nfkc), nfkc | UTF8PROC_CASEFOLD);
}

std::string email_key(std::string_view email) { return map_until_stable(email, UTF8PROC_STABLE | UTF8PROC_CASEFOLD); }

}  // namespace nopassd::storage
