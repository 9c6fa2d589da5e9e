#pragma once
// Durations ("500ms" "2s" "15m" "24h" "7d") and sizes ("512B" "16KiB" "8MiB" "1GiB"), read and written.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::daemon {

/// Milliseconds; nothing when the text is not a duration or too large for 64 bits.
std::optional<std::int64_t> parse_duration(std::string_view text);
/// Bytes; likewise.
std::optional<std::int64_t> parse_size(std::string_view text);

/// In the largest unit that leaves no remainder: 900000 is "15m", 0 is "0s".
std::string format_duration(std::int64_t milliseconds);
std::string format_size(std::int64_t bytes);

}  // namespace nopassd::daemon
