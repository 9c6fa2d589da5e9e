// GET and DELETE of hooks, and their test: docs/site-api.md, "Hooks". put_hook.cpp makes them, hook_delivery.cpp
// delivers to them.
#include "handlers/site/consumers.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/hook_call.hpp"
#include "handlers/site/hook_message.hpp"
#include "handlers/site/hook_state.hpp"
#include "handlers/site/hook_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

std::string_view state_of(const HookRead& read) {
  if (read.hook.paused || read.consumer.retired) return "paused";
  return read.hook.failures > 0 ? "failing" : "active";
}

HookMessage test_message(const Services& services, const storage::Hook& hook) {
  const storage::LiveEvent event{"hook.test", "hook/" + hook.name, {{"name", hook.name}}};
  std::string id = storage::make_uuid(services.random);
  std::string body = live_json(event, id, services.store.now(), services.settings.event_source);
  return {std::move(id), std::move(body)};
}

}  // namespace

Outcome<HookRead> find_hook(storage::Snapshot& snapshot, std::string_view name) {
  auto hook = snapshot.hook(name);
  auto consumer = snapshot.consumer(storage::hook_consumer(name));
  if (!hook || !consumer) return Refused{404, "no such hook"};
  const std::int64_t lag = storage::lag_of(snapshot, *consumer);
  return HookRead{std::move(*hook), std::move(*consumer), snapshot.event_log(), lag};
}

json::object hook_view(const HookRead& read) {
  const storage::Hook& hook = read.hook;
  json::object view{{"type", "hook"}, {"id", hook.name}, {"url", hook.url}};
  view["types"] = full_type_names(read.consumer.types);
  view["answers"] = hook.answers;
  view["state"] = state_of(read);
  view["cursor"] = cursor_text(read.log.epoch, read.consumer.acknowledged);
  view["lag"] = read.lag;
  view["failures"] = hook.failures;
  if (hook.last_error) {
    json::object error{{"time", storage::format_time(hook.last_error->time)}};
    if (hook.last_error->status != 0) error["status"] = hook.last_error->status;
    error["detail"] = hook.last_error->detail;
    view["lastError"] = std::move(error);
  }
  if (hook.last_delivered_at) view["lastDeliveredAt"] = storage::format_time(*hook.last_delivered_at);
  view["createdAt"] = storage::format_time(hook.created_at);
  return view;
}

asio::awaitable<Reply> list_hooks(Call& call) {
  const storage::PageRequest page = call.query.page(call.faults);
  if (!call.faults.empty()) co_return refuse(call.faults);
  struct Found {
    std::int64_t total = 0;
    json::array data;
  };
  auto work = [page](storage::Snapshot& snapshot) {
    const std::vector<storage::Hook> hooks = snapshot.hooks();
    Found found{static_cast<std::int64_t>(hooks.size()), {}};
    for (std::int64_t i = page.offset; i < std::min(found.total, page.offset + page.limit); ++i) {
      auto read = find_hook(snapshot, hooks[static_cast<std::size_t>(i)].name);
      if (!read.has_error()) found.data.push_back(hook_view(*read));
    }
    return found;
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (!found) co_return store_trouble(found.error());
  co_return list(std::move(found->data), found->total, page);
}

asio::awaitable<Reply> show_hook(Call& call) {
  auto work = [name = call.path.front()](storage::Snapshot& snapshot) { return find_hook(snapshot, name); };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  co_return resource(call.request, hook_view(**found));
}

asio::awaitable<Reply> remove_hook(Call& call) {
  auto work = [name = call.path.front()](storage::Transaction& transaction) {
    auto found = find_hook(transaction, name);
    if (found.has_error()) return found;
    transaction.remove_hook(name);
    transaction.remove_consumer(storage::hook_consumer(name));
    announce_hook(transaction, name, false);
    return found;
  };
  const auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return no_content();
}

asio::awaitable<Reply> test_hook(Call& call) {
  const Services& services = call.services;
  auto work = [name = call.path.front()](storage::Snapshot& snapshot) { return find_hook(snapshot, name); };
  auto found = co_await services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  const storage::Hook& hook = (*found)->hook;
  HookRequest request = signed_request(hook, test_message(services, hook), services.store.now());
  const HookReply reply = co_await call_hook(services, std::move(request));
  json::object body{{"delivered", took(reply)}};
  if (reply.status != 0) body["status"] = reply.status;
  if (!took(reply)) body["detail"] = reply.status == 410 ? "answered 410" : why_not(reply);
  body["milliseconds"] = reply.took.count();
  co_return json_reply(200, body);
}

}  // namespace nopassd::handlers::site
