#pragma once
// The picture of callback 3: a PNG with a palette of 8 bits, as base64. callbacks.md, "UpdatePicture".
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::handlers::callback {

inline constexpr std::size_t most_picture_bytes = 64 * 1024;
inline constexpr std::uint32_t longest_picture_side = 1024;

/// The bytes of the PNG, from canonical base64 with or without `data:image/png;base64,`; nothing when it is no PNG-8
/// of at most 64 KiB and 1024 by 1024. Only the header is looked at: what follows is for the browser to judge.
std::optional<std::string> decode_picture(std::string_view text);

}  // namespace nopassd::handlers::callback
