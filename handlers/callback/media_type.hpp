#pragma once
// Which bodies are read, and which replies are asked for. callbacks.md, "Request." and "Reply.".
#include <string_view>

namespace nopassd::handlers::callback {

/// Whether a Content-Type header (empty: none) names JSON in UTF-8.
bool is_json_content_type(std::string_view header);

/// Whether a Content-Encoding header (empty: none) leaves the body as it is.
bool is_identity_encoding(std::string_view header);

/// Whether an Accept header names application/json itself, with q > 0.
bool accepts_json_by_name(std::string_view header);

}  // namespace nopassd::handlers::callback
