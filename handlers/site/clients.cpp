// GET and DELETE of clients: docs/site-api.md, "Who you are".
#include "handlers/site/clients.hpp"

#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::ApiClient;

Scopes scopes_named(const std::vector<std::string>& names) {
  Scopes scopes;
  for (const std::string& name : names) {
    if (const auto scope = scope_named(name)) scopes.set(static_cast<std::size_t>(*scope));
  }
  return scopes;
}

std::vector<std::string> names_of(const Scopes& scopes) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < scope_names.size(); ++i) {
    if (scopes.test(i)) names.emplace_back(scope_names[i]);
  }
  return names;
}

json::object client_view(const ApiClient& client) {
  json::object view{{"type", "client"}, {"id", client.id}, {"name", client.name}};
  view["scopes"] = json::array(client.scopes.begin(), client.scopes.end());
  view["createdAt"] = storage::format_time(client.created_at);
  if (client.last_used_at) view["lastUsedAt"] = storage::format_time(*client.last_used_at);
  return view;
}

Outcome<ApiClient> find_client(storage::Snapshot& snapshot, const std::optional<std::string>& id) {
  auto client = id ? snapshot.client(*id) : std::nullopt;
  if (!client) return Refused{404, "no such client"};
  return std::move(*client);
}

asio::awaitable<Reply> list_clients(Call& call) {
  const storage::PageRequest page = call.query.page(call.faults);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [page](storage::Snapshot& snapshot) { return snapshot.clients(page); };
  const auto found = co_await call.services.store.read(std::move(work));
  if (!found) co_return store_trouble(found.error());
  json::array data;
  for (const ApiClient& client : found->data) data.push_back(client_view(client));
  co_return list(std::move(data), found->total, page);
}

asio::awaitable<Reply> show_client(Call& call) {
  auto work = [id = uuid_from(call.path.front())](storage::Snapshot& snapshot) { return find_client(snapshot, id); };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  co_return resource(call.request, client_view(**found));
}

asio::awaitable<Reply> remove_client(Call& call) {
  auto work = [id = uuid_from(call.path.front())](storage::Transaction& transaction) {
    auto found = find_client(transaction, id);
    if (found.has_error()) return found;
    // Nobody else may use or remove them, and they would hold events back until they are retired.
    for (const storage::Consumer& consumer : transaction.consumers()) {
      if (consumer.owner == principal_of(found->id)) transaction.remove_consumer(consumer.name);
    }
    transaction.remove_client(found->id);
    return found;
  };
  const auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return no_content();
}

}  // namespace nopassd::handlers::site
