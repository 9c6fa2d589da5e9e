// GET /v1/users/{id}/history: docs/site-api.md, "Users".
#include "handlers/site/body.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::HistoryEntry;

namespace {

json::object history_view(const HistoryEntry& entry) {
  return {{"type", "history"},
          {"id", entry.id},
          {"time", storage::format_time(entry.time)},
          {"name", std::string(event_prefix) + entry.name},
          {"by", entry.cause},
          {"subject", entry.subject},
          {"data", json::parse(entry.data)}};
}

}  // namespace

asio::awaitable<Reply> show_history(Call& call) {
  for (const Scope scope : {Scope::users_email_read, Scope::users_phone_read, Scope::users_data_read}) {
    if (call.may(scope)) continue;
    co_return problem(403, fmt::format("the scope {} is missing", scope_names[static_cast<std::size_t>(scope)]));
  }
  const storage::PageRequest page = call.query.page(call.faults);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [id = uuid_from(call.path.front()),
               page](storage::Snapshot& snapshot) -> Outcome<storage::Page<HistoryEntry>> {
    const auto user = id ? snapshot.user(*id) : std::nullopt;
    if (!user) return Refused{404, "no such user"};
    if (user->state == storage::UserState::deleted) return Refused{410, "the user is deleted"};
    return snapshot.history(*id, page);
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  json::array data;
  for (const HistoryEntry& entry : (*found)->data) data.push_back(history_view(entry));
  co_return list(std::move(data), (*found)->total, page);
}

}  // namespace nopassd::handlers::site
