#pragma once
// How logins and e-mail addresses are compared: callbacks.md, "Logins".
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::storage {

inline constexpr std::size_t max_login_code_points = 2084;

/// Code points of valid UTF-8; nothing when the text is not valid UTF-8.
std::optional<std::size_t> code_points(std::string_view text);

enum class NameFault { none, empty, not_utf8, too_long, outer_space, control, ignorable };

/// Whether `text` may be a login: 1 to 2084 code points, no outer spaces, no control or default-ignorable characters.
NameFault check_login(std::string_view text);

/// The key under which a checked login is compared: NFKC and case folding, applied until nothing changes.
std::string login_key(std::string_view login);

/// The key under which an e-mail address is compared: case folding.
std::string email_key(std::string_view email);

}  // namespace nopassd::storage
