#pragma once
// Events as clients see them: CloudEvents 1.0 in JSON. event_text.hpp makes lists and streams of them.
#include "handlers/site/cursor.hpp"
#include "handlers/site/problem.hpp"
#include "handlers/site/query.hpp"
#include "handlers/site/site.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

inline constexpr std::string_view event_prefix = "nopass.";

/// One event as a JSON object, with its cursor.
std::string event_json(const storage::Event& event, std::string_view epoch, std::string_view source);

/// A block of a Server-Sent Events stream, without an `id:`. `type` without "nopass.".
std::string event_block(std::string_view type, std::string_view json);
/// The same of a live event, which has no cursor; `id` and `time` are the CloudEvent's.
std::string live_block(const storage::LiveEvent& event, std::string_view id, storage::TimePoint time,
                       std::string_view source);
std::string id_block(std::string_view epoch, std::int64_t sequence);

/// 410 with the oldest cursor that is kept in `oldest`.
Reply cursor_gone(const storage::EventLog& log);

enum class Kept { only, and_live };
/// The stored name of a full type ("nopass.session.started"); nothing when there is no such type.
std::optional<std::string> event_type_named(std::string_view full_name, Kept kept);
/// The `type` parameters: repeatable, comma separated, full names. Without "nopass."; empty for all.
std::vector<std::string> type_filter(const Query& query, Kept kept, Faults& faults);

}  // namespace nopassd::handlers::site
