#include "tools/nopass-sim/site.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include <array>

namespace nopassd::sim {
namespace {

SiteReply read(const HttpReply& reply) {
  SiteReply read{reply.status, nullptr, reply.body};
  boost::system::error_code code;
  read.body = boost::json::parse(reply.body, code);
  return read;
}

std::string advice(const std::string& path, const SiteReply& reply) {
  switch (reply.status) {
    case 401:
      return "this user is not known to the site socket: run as root or as the daemon's user, or add a [[site.client]]";
    case 403:
      return "this user's [[site.client]] lacks the scope";
    case 422:
    case 503:
      if (path == "/v1/sessions" || path == "/v1/registrations") {
        return "the walk calls NoPass in the site's place: the daemon needs site.own_calls = true";
      }
      [[fallthrough]];
    default:
      return "the daemon's log has more, under the request's id";
  }
}

boost::json::object must(const std::string& what, const std::string& path, SiteReply reply) {
  if (reply.status >= 200 && reply.status < 300 && reply.body.is_object()) return std::move(reply.body).as_object();
  const std::string said = reply.raw.substr(0, 600);
  throw WalkStopped(fmt::format("{} was answered {}: {}\n  {}", what, reply.status, said, advice(path, reply)));
}

// Raised by the daemon by itself, whatever the walk does.
bool is_foreign(const Event& event) {
  static constexpr std::array<std::string_view, 7> types = {
      "session.expired", "registration.expired", "user.erased",         "consumer.retired",
      "hook.failing",    "hook.recovered",       "certificate.expiring"};
  for (const std::string_view type : types) {
    if (event.type == type) return true;
  }
  return false;
}

Event read_event(const boost::json::value& value) {
  if (!value.is_object()) throw WalkStopped("GET /v1/events holds something that is no object");
  const boost::json::object& members = value.get_object();
  Event event{
      text_of(members, "id"), text_of(members, "cursor"), text_of(members, "type"), text_of(members, "subject"), {}};
  constexpr std::string_view prefix = "nopass.";
  if (event.type.starts_with(prefix)) event.type.erase(0, prefix.size());
  if (const auto* data = members.if_contains("data"); data != nullptr && data->is_object()) {
    event.data = data->get_object();
  }
  return event;
}

std::string encoded(const std::string& text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

}  // namespace

SiteReply Site::get(const std::string& path) const { return read(exchange(target_, {"GET", path, std::nullopt, ""})); }

SiteReply Site::post(const std::string& path, const boost::json::object& body) const {
  return read(exchange(target_, {"POST", path, "application/json", boost::json::serialize(body)}));
}

boost::json::object Site::must_get(const std::string& path) const { return must("GET " + path, path, get(path)); }

boost::json::object Site::must_post(const std::string& path, const boost::json::object& body) const {
  return must("POST " + path, path, post(path, body));
}

EventReader::EventReader(const Site& site) : site_(site) {
  read_after(start_);
  cursor_ = start_;
}

std::vector<Event> EventReader::read_after(std::string& cursor) const {
  std::vector<Event> events;
  for (;;) {
    const std::string after = cursor.empty() ? "" : "&after=" + encoded(cursor);
    const boost::json::object page = site_.must_get("/v1/events?limit=1000" + after);
    const auto* data = page.if_contains("data");
    if (data == nullptr || !data->is_array()) throw WalkStopped("GET /v1/events was answered without `data`");
    if (const std::string through = text_of(page, "cursor"); !through.empty()) cursor = through;
    if (data->get_array().empty()) return events;
    for (const boost::json::value& value : data->get_array()) events.push_back(read_event(value));
  }
}

std::deque<Event>& EventReader::waiting() {
  for (Event& event : read_after(cursor_)) {
    if (is_foreign(event)) {
      ++foreign_;
    } else {
      waiting_.push_back(std::move(event));
    }
  }
  return waiting_;
}

std::vector<Event> EventReader::all_again() const {
  std::string cursor = start_;
  std::vector<Event> events = read_after(cursor);
  std::erase_if(events, is_foreign);
  return events;
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(boost::json::string_view(name.data(), name.size()));
  if (member == nullptr || !member->is_string()) return {};
  return std::string(member->get_string());
}

}  // namespace nopassd::sim
