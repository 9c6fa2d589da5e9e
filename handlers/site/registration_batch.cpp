// POST /v1/registrations/batch: each element is what POST /v1/registrations takes, and succeeds or fails for itself.
#include "handlers/site/body.hpp"
#include "handlers/site/endpoints.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

#include <boost/json/array.hpp>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

constexpr std::size_t most_registrations = 100;

/// Null after noting what is wrong.
const json::array* registrations_member(Call& call) {
  const json::value* value = member(call.body, "registrations");
  const json::array* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr) {
    call.faults.body("/registrations", value == nullptr ? "is required" : "must be an array");
  } else if (list->empty() || list->size() > most_registrations) {
    call.faults.body("/registrations", "must have 1 to 100 elements");
  }
  return list;
}

asio::awaitable<Reply> start_one(const Call& call, const json::value& element, std::size_t place) {
  Faults faults("/registrations/" + std::to_string(place));
  Call one{call.services, call.peer, call.request, call.stream, {}, {}, {}, std::move(faults), {}};
  if (const json::object* body = element.if_object()) {
    one.body = *body;
    check_members(one.body, match("/v1/registrations").method("POST")->members, one.faults);
  } else {
    one.faults.body("", "must be an object");
    co_return refuse(one.faults);
  }
  co_return co_await start_registration(one);
}

}  // namespace

asio::awaitable<Reply> start_registrations(Call& call) {
  const json::array* elements = registrations_member(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  Reply reply;
  reply.content_type = "application/json";
  reply.body = "{\"data\":[";
  for (const json::value& element : *elements) {
    if (&element != elements->data()) reply.body += ',';
    const Reply one = co_await start_one(call, element, static_cast<std::size_t>(&element - elements->data()));
    reply.body += one.body;
  }
  reply.body += "]}";
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

}  // namespace nopassd::handlers::site
