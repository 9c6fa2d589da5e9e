#include "handlers/site/consumers.hpp"

#include "handlers/site/body.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;

bool is_consumer_name(std::string_view name) {
  constexpr std::size_t longest = 64;
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.size() <= longest && name.find_first_not_of(allowed) == name.npos;
}

Outcome<ConsumerRead> find_consumer(storage::Snapshot& snapshot, std::string_view name, std::string_view principal) {
  auto consumer = snapshot.consumer(name);
  const bool is_hook = consumer && consumer->owner == storage::hook_owner;
  if (!consumer || is_hook) return Refused{404, "no such consumer"};
  if (consumer->owner != principal) return Refused{403, "somebody else made this consumer"};
  const std::int64_t lag = storage::lag_of(snapshot, *consumer);
  return ConsumerRead{std::move(*consumer), snapshot.event_log(), lag};
}

Outcome<ConsumerRead> find_live_consumer(storage::Snapshot& snapshot, std::string_view name,
                                         std::string_view principal) {
  auto found = find_consumer(snapshot, name, principal);
  if (!found.has_error() && found->consumer.retired) {
    return Refused{410, "the consumer was unseen for too long and is retired; PUT makes it anew"};
  }
  return found;
}

json::array full_type_names(const std::vector<std::string>& types) {
  json::array names;
  for (const std::string& type : types) names.emplace_back(std::string(event_prefix) + type);
  return names;
}

std::vector<std::string> types_member(Call& call) {
  std::vector<std::string> types;
  const json::value* value = member(call.body, "types");
  if (value == nullptr) return types;
  if (!value->is_array()) {
    call.faults.body("/types", "must be an array of event types");
    return types;
  }
  const json::array& names = value->get_array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const json::string* name = names[i].if_string();
    auto type = name == nullptr ? std::nullopt : event_type_named({name->data(), name->size()}, Kept::only);
    if (!type) {
      call.faults.body("/types/" + std::to_string(i), "is no event type that is kept; full names are wanted");
    } else if (std::find(types.begin(), types.end(), *type) == types.end()) {
      types.push_back(std::move(*type));
    }
  }
  return types;
}

json::object consumer_view(const ConsumerRead& read) {
  const storage::Consumer& consumer = read.consumer;
  json::object view{{"type", "consumer"}, {"id", consumer.name}};
  view["types"] = full_type_names(consumer.types);
  view["cursor"] = cursor_text(read.log.epoch, consumer.acknowledged);
  view["lag"] = read.lag;
  view["lastSeenAt"] = storage::format_time(consumer.last_seen);
  view["retired"] = consumer.retired;
  return view;
}

asio::awaitable<Reply> list_consumers(Call& call) {
  const storage::PageRequest page = call.query.page(call.faults);
  if (!call.faults.empty()) co_return refuse(call.faults);
  struct Found {
    std::int64_t total = 0;
    json::array data;
  };
  auto work = [page, principal = call.peer.principal](storage::Snapshot& snapshot) {
    Found found;
    const storage::EventLog log = snapshot.event_log();
    for (storage::Consumer& each : snapshot.consumers()) {
      if (each.owner != principal) continue;
      const std::int64_t place = found.total++;
      if (place < page.offset || place - page.offset >= page.limit) continue;
      const std::int64_t lag = storage::lag_of(snapshot, each);
      found.data.push_back(consumer_view({std::move(each), log, lag}));
    }
    return found;
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (!found) co_return store_trouble(found.error());
  co_return list(std::move(found->data), found->total, page);
}

asio::awaitable<Reply> show_consumer(Call& call) {
  auto work = [name = call.path.front(), principal = call.peer.principal](storage::Snapshot& snapshot) {
    return find_consumer(snapshot, name, principal);
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  co_return resource(call.request, consumer_view(**found));
}

asio::awaitable<Reply> remove_consumer(Call& call) {
  auto work = [name = call.path.front(), principal = call.peer.principal](storage::Transaction& transaction) {
    auto found = find_consumer(transaction, name, principal);
    if (!found.has_error()) transaction.remove_consumer(name);
    return found;
  };
  const auto done = co_await call.services.store.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return no_content();
}

}  // namespace nopassd::handlers::site
