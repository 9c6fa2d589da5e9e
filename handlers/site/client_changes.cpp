// POST and PATCH of clients. Nobody hands out what he lacks: neither as a scope, nor as the secret of a client that has
// it.
#include "handlers/site/body.hpp"
#include "handlers/site/clients.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::ApiClient;
using storage::SecretKind;

namespace {

constexpr std::size_t longest_name = 64;

std::optional<Scopes> scopes_member(Call& call) {
  const json::value* value = member(call.body, "scopes");
  if (value == nullptr) return std::nullopt;
  if (!value->is_array() || value->get_array().empty()) {
    call.faults.body("/scopes", "must be an array of at least one scope");
    return std::nullopt;
  }
  Scopes scopes;
  const json::array& names = value->get_array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const json::string* name = names[i].if_string();
    const auto scope = name == nullptr ? std::nullopt : scope_named({name->data(), name->size()});
    if (scope) {
      scopes.set(static_cast<std::size_t>(*scope));
    } else {
      call.faults.body("/scopes/" + std::to_string(i), "is no scope");
    }
  }
  return scopes;
}

/// 403 that names those of `wanted` that are not among `own`; nothing when there are none.
std::optional<Refused> lacking(const Scopes& wanted, const Scopes& own) {
  const Scopes missing = wanted & ~own;
  if (missing.none()) return std::nullopt;
  return Refused{403, fmt::format("nobody hands out a scope that he lacks: {}", fmt::join(names_of(missing), ", "))};
}

/// The view of a client whose secret was just made, with it.
json::object view_with(const ApiClient& client, const std::string& secret) {
  json::object view = client_view(client);
  view["secret"] = secret;
  return view;
}

struct Changes {
  std::optional<std::string> id;
  std::optional<std::string> name;
  std::optional<Scopes> scopes;
};

Outcome<ApiClient> change(storage::Transaction& transaction, const Changes& wanted, const Scopes& own) {
  auto found = find_client(transaction, wanted.id);
  if (found.has_error()) return found;
  if (wanted.name) found->name = *wanted.name;
  if (wanted.scopes) {
    const Scopes added = *wanted.scopes & ~scopes_named(found->scopes);
    if (auto refused = lacking(added, own)) return std::move(*refused);
    found->scopes = names_of(*wanted.scopes);
  }
  transaction.update_client(*found);
  return found;
}

}  // namespace

asio::awaitable<Reply> make_client(Call& call) {
  ApiClient wanted;
  wanted.name = text_member(call.body, "name", {1, longest_name, true}, call.faults).value_or("");
  const auto scopes = scopes_member(call);
  if (member(call.body, "scopes") == nullptr) call.faults.body("/scopes", "is required");
  if (!call.faults.empty()) co_return refuse(call.faults);
  if (const auto refused = lacking(*scopes, call.peer.scopes)) co_return problem(refused->status, refused->detail);
  const std::string secret = storage::make_token(call.services.random);
  wanted.secret = call.services.store.digest(SecretKind::client_secret, secret);
  wanted.scopes = names_of(*scopes);
  auto work = [wanted](storage::Transaction& transaction) {
    ApiClient client = wanted;
    client.id = transaction.new_id();
    client.created_at = transaction.now();
    transaction.add_client(client);
    return client;
  };
  const auto done = co_await call.transact(std::move(work));
  if (!done) co_return store_trouble(done.error());
  co_return created(view_with(*done, secret), "/v1/clients/" + done->id);
}

asio::awaitable<Reply> change_client(Call& call) {
  Changes wanted;
  wanted.id = uuid_from(call.path.front());
  wanted.name = text_member(call.body, "name", {1, longest_name}, call.faults);
  wanted.scopes = scopes_member(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [wanted, own = call.peer.scopes](storage::Transaction& transaction) {
    return change(transaction, wanted, own);
  };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return json_reply(200, client_view(**done));
}

asio::awaitable<Reply> renew_secret(Call& call) {
  const std::string secret = storage::make_token(call.services.random);
  auto work = [id = uuid_from(call.path.front()), own = call.peer.scopes,
               digest = call.services.store.digest(SecretKind::client_secret, secret)](
                  storage::Transaction& transaction) -> Outcome<ApiClient> {
    auto found = find_client(transaction, id);
    if (found.has_error()) return found;
    if (auto refused = lacking(scopes_named(found->scopes), own)) return std::move(*refused);
    found->secret = digest;
    transaction.update_client(*found);
    transaction.remove_access_tokens(found->id);
    return found;
  };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  Reply reply = json_reply(200, view_with(**done, secret));
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

}  // namespace nopassd::handlers::site
