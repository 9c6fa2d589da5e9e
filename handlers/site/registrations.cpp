// Registrations: docs/site-api.md, "Registrations". start_registration.cpp begins them.
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::RegistrationState;

namespace {

/// No login and no personal data: those belong to the user that comes of it.
json::object registration_view(const storage::Registration& registration, storage::TimePoint now) {
  json::object view{{"type", "registration"}, {"id", registration.id}};
  view["state"] = storage::name_of(storage::effective_state(registration, now));
  view["by"] = storage::name_of(registration.started_by);
  if (!registration.user_id.empty()) view["userId"] = registration.user_id;
  if (!registration.external_id.empty()) view["externalId"] = registration.external_id;
  view["startedAt"] = storage::format_time(registration.started_at);
  view["expiresAt"] = storage::format_time(registration.expires_at);
  if (registration.ended_at) view["endedAt"] = storage::format_time(*registration.ended_at);
  return view;
}

}  // namespace

asio::awaitable<Reply> list_registrations(Call& call) {
  const storage::PageRequest page = call.query.page(call.faults);
  storage::RegistrationFilter filter;
  if (const auto state = call.query.find("state")) {
    filter.state = storage::state_named<RegistrationState>(*state);
    if (!filter.state) call.faults.parameter("state", "is no state of a registration");
  }
  if (!call.faults.empty()) co_return refuse(call.faults);
  struct Found {
    json::array data;
    std::int64_t total;
  };
  auto work = [filter, page](storage::Snapshot& snapshot) {
    const auto registrations = snapshot.registrations(filter, page);
    Found found{{}, registrations.total};
    for (const storage::Registration& each : registrations.data) {
      found.data.push_back(registration_view(each, snapshot.now()));
    }
    return found;
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (!found) co_return store_trouble(found.error());
  co_return list(std::move(found->data), found->total, page);
}

asio::awaitable<Reply> show_registration(Call& call) {
  auto work = [id = uuid_from(call.path.front())](storage::Snapshot& snapshot) -> Outcome<json::object> {
    const auto registration = id ? snapshot.registration(*id) : std::nullopt;
    if (!registration) return Refused{404, "no such registration"};
    return registration_view(*registration, snapshot.now());
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  co_return resource(call.request, **found);
}

}  // namespace nopassd::handlers::site
