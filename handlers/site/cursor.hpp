#pragma once
// Positions in the event log as clients see them: "<epoch>.<sequence>". To clients the string is opaque.
#include "storage/events.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::handlers::site {

struct Cursor {
  std::string epoch;
  std::int64_t sequence = 0;
};

/// Nothing for a string that is no cursor.
std::optional<Cursor> parse_cursor(std::string_view text);

std::string cursor_text(std::string_view epoch, std::int64_t sequence);

/// Whether what follows the cursor is still all there: this epoch, not swept, not ahead.
bool is_kept(const Cursor& cursor, const storage::EventLog& log);

}  // namespace nopassd::handlers::site
