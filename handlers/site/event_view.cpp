#include "handlers/site/event_view.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

json::object envelope(std::string_view id, std::string_view source, std::string_view type, std::string_view subject) {
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = id;
  event["source"] = source;
  event["type"] = std::string(event_prefix) + std::string(type);
  event["subject"] = subject;
  event["datacontenttype"] = "application/json";
  return event;
}

/// The data is JSON text already.
std::string with_data(const json::object& event, std::string_view data) {
  std::string text = json::serialize(event);
  text.pop_back();
  text += ",\"data\":";
  text += data;
  text += '}';
  return text;
}

std::string block(std::string_view type, std::string_view data) {
  std::string text = "event: ";
  text += event_prefix;
  text += type;
  text += "\ndata: ";
  text += data;
  text += "\n\n";
  return text;
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string event_json(const storage::Event& event, std::string_view epoch, std::string_view source) {
  json::object head = envelope(event.id, source, event.type, event.subject);
  head["time"] = storage::format_time(event.time);
  head["cursor"] = cursor_text(epoch, event.sequence);
  return with_data(head, event.data);
}

Reply event_list(const storage::EventPage& page, std::string_view epoch, std::string_view source) {
  Reply reply;
  reply.content_type = "application/json";
  reply.body = "{\"data\":[";
  for (const storage::Event& event : page.events) {
    if (&event != &page.events.front()) reply.body += ',';
    reply.body += event_json(event, epoch, source);
  }
  reply.body += "],\"cursor\":";
  reply.body += json::serialize(json::string(cursor_text(epoch, page.through)));
  reply.body += '}';
  return reply;
}

std::string event_block(const storage::Event& event, std::string_view epoch, std::string_view source) {
  return "id: " + cursor_text(epoch, event.sequence) + '\n' + block(event.type, event_json(event, epoch, source));
}

std::string live_json(const storage::LiveEvent& event, std::string_view id, storage::TimePoint time,
                      std::string_view source) {
  json::object head = envelope(id, source, event.type, event.subject);
  head["time"] = storage::format_time(time);
  return with_data(head, json::serialize(event.data));
}

std::string live_block(const storage::LiveEvent& event, std::string_view id, storage::TimePoint time,
                       std::string_view source) {
  return block(event.type, live_json(event, id, time, source));
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
