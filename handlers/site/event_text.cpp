#include "handlers/site/event_text.hpp"

#include "handlers/site/event_view.hpp"
#include "handlers/site/user_view.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

/// The `userId` of an event's data; empty when it has none.
std::string user_of(const storage::Event& event) {
  const json::value data = json::parse(event.data);
  const json::value* id = data.as_object().if_contains("userId");
  return id == nullptr ? std::string() : std::string(id->as_string());
}

}  // namespace

std::string EventText::list(const storage::EventPage& page) {
  std::string text = "{\"data\":[";
  for (const storage::Event& each : page.events) {
    if (&each != &page.events.front()) text += ',';
    text += event(each);
  }
  text += "],\"cursor\":\"";
  text += cursor_text(epoch_, page.through);
  text += "\"}";
  return text;
}

std::string EventText::blocks(const storage::EventPage& page) {
  std::string text;
  for (const storage::Event& each : page.events) {
    text += "id: ";
    text += cursor_text(epoch_, each.sequence);
    text += '\n';
    text += event_block(each.type, event(each));
  }
  return text;
}

std::string EventText::event(const storage::Event& event) {
  if (!style_.expand) return event_json(event, epoch_, style_.source);
  const std::string id = user_of(event);
  const std::string& view = id.empty() ? id : user(id);
  if (view.empty()) return event_json(event, epoch_, style_.source);
  storage::Event expanded = event;
  expanded.data.pop_back();
  expanded.data += ",\"user\":" + view + '}';
  return event_json(expanded, epoch_, style_.source);
}

const std::string& EventText::user(const std::string& id) {
  const auto [entry, is_new] = users_.try_emplace(id);
  if (is_new) {
    if (const auto found = snapshot_.user(id)) entry->second = json::serialize(user_view(*found, *style_.expand));
  }
  return entry->second;
}

}  // namespace nopassd::handlers::site
