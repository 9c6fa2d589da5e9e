#include "handlers/site/consumers.hpp"

#include "handlers/site/body.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

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
  return ConsumerRead{std::move(*consumer), snapshot.event_log()};
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
  view["lag"] = std::max<std::int64_t>(0, read.log.last - consumer.acknowledged);
  view["lastSeenAt"] = storage::format_time(consumer.last_seen);
  view["retired"] = consumer.retired;
  return view;
}

asio::awaitable<Reply> list_consumers(Call& call) {
  const storage::PageRequest page = call.query.page(call.faults);
  if (!call.faults.empty()) co_return refuse(call.faults);
  struct Found {
    std::vector<storage::Consumer> consumers;
    storage::EventLog log;
  };
  auto work = [](storage::Snapshot& snapshot) { return Found{snapshot.consumers(), snapshot.event_log()}; };
  auto found = co_await call.services.store.read(std::move(work));
  if (!found) co_return store_trouble(found.error());
  auto& mine = found->consumers;
  const std::string& principal = call.peer.principal;
  std::erase_if(mine, [&principal](const storage::Consumer& each) { return each.owner != principal; });
  json::array data;
  const auto total = static_cast<std::int64_t>(mine.size());
  for (std::int64_t i = page.offset; i < std::min(total, page.offset + page.limit); ++i) {
    const ConsumerRead read{mine[static_cast<std::size_t>(i)], found->log};
    data.push_back(consumer_view(read));
  }
  co_return list(std::move(data), total, page);
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
