#include "handlers/site/event_view.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

/// A JSON string. What is ours needs no escapes and is not looked at twice.
void append_quoted(std::string& text, std::string_view value) {
  const auto is_plain = [](char byte) { return byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\'; };
  if (!std::all_of(value.begin(), value.end(), is_plain)) {
    text += json::serialize(json::string(value));
    return;
  }
  text += '"';
  text += value;
  text += '"';
}

struct Envelope {
  std::string_view id;
  std::string_view source;
  std::string_view type;  // without "nopass."
  std::string_view subject;
  storage::TimePoint time;
  std::string cursor;  // empty: none
};

/// `data` is JSON text already.
std::string cloud_event(const Envelope& envelope, std::string_view data) {
  constexpr std::size_t around_data = 400;
  std::string text;
  text.reserve(around_data + data.size());
  text += R"({"specversion":"1.0","id":)";
  append_quoted(text, envelope.id);
  text += R"(,"source":)";
  append_quoted(text, envelope.source);
  text += R"(,"type":"nopass.)";
  text += envelope.type;
  text += R"(","subject":)";
  append_quoted(text, envelope.subject);
  text += R"(,"datacontenttype":"application/json","time":")";
  text += storage::format_time(envelope.time);
  if (!envelope.cursor.empty()) text += R"(","cursor":")" + envelope.cursor;
  text += R"(","data":)";
  text += data;
  text += '}';
  return text;
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string event_json(const storage::Event& event, std::string_view epoch, std::string_view source) {
  const Envelope envelope{event.id, source, event.type, event.subject, event.time, cursor_text(epoch, event.sequence)};
  return cloud_event(envelope, event.data);
}

std::string event_block(std::string_view type, std::string_view json) {
  std::string text = "event: ";
  text += event_prefix;
  text += type;
  text += "\ndata: ";
  text += json;
  text += "\n\n";
  return text;
}

std::string live_block(const storage::LiveEvent& event, std::string_view id, storage::TimePoint time,
                       std::string_view source) {
  const Envelope envelope{id, source, event.type, event.subject, time, {}};
  return event_block(event.type, cloud_event(envelope, json::serialize(event.data)));
}

std::string id_block(std::string_view epoch, std::int64_t sequence) {
  return "id: " + cursor_text(epoch, sequence) + "\n\n";
}

Reply cursor_gone(const storage::EventLog& log) {
  json::object more;
  more["oldest"] = cursor_text(log.epoch, log.swept);
  return problem_with(
      410, "the cursor is no longer kept, lies ahead, or is of another epoch; `oldest` is the oldest kept", more);
}

std::optional<std::string> event_type_named(std::string_view full_name, Kept kept) {
  if (!full_name.starts_with(event_prefix)) return std::nullopt;
  const std::string_view name = full_name.substr(event_prefix.size());
  const bool known =
      holds(storage::event_types(), name) || (kept == Kept::and_live && holds(storage::live_event_types(), name));
  if (!known) return std::nullopt;
  return std::string(name);
}

std::vector<std::string> type_filter(const Query& query, Kept kept, Faults& faults) {
  std::vector<std::string> types;
  for (const Parameter& parameter : query.all()) {
    if (parameter.name != "type") continue;
    std::string_view rest = parameter.value;
    for (bool more = true; more;) {
      const std::size_t comma = rest.find(',');
      more = comma != rest.npos;
      auto type = event_type_named(rest.substr(0, comma), kept);
      if (more) rest.remove_prefix(comma + 1);
      if (!type) {
        faults.parameter("type", "holds what is no event type here; full names are wanted, e.g. nopass.user.updated");
      } else if (std::find(types.begin(), types.end(), *type) == types.end()) {
        types.push_back(std::move(*type));
      }
    }
  }
  return types;
}

}  // namespace nopassd::handlers::site
