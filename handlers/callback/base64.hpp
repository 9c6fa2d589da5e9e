#pragma once
// Base64 as RFC 4648 section 4 has it, and nothing else: no line ends, padding where it belongs, unused bits zero.
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::handlers::callback {

/// Nothing when `text` is not the one canonical form of some bytes. An empty text is no bytes.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

}  // namespace nopassd::handlers::callback
