// POST /oauth/token: the client credentials grant of RFC 6749, section 4.4. Errors: docs/decisions/008-oauth-errors.md.
#include "handlers/callback/ascii.hpp"
#include "handlers/callback/base64.hpp"
#include "handlers/site/body.hpp"
#include "handlers/site/clients.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Digest;
using storage::SecretKind;

namespace {

constexpr auto lifetime = std::chrono::hours(1);
constexpr std::array<std::string_view, 4> parameters = {"grant_type", "client_id", "client_secret", "scope"};

/// RFC 6749, section 5.2. `description` holds neither quotes nor backslashes, nothing beyond ASCII and no secret.
struct TokenRefused {
  unsigned status;
  std::string_view error;
  std::string description;
};
template <class Value>
using Result = boost::system::result<Value, TokenRefused>;

TokenRefused invalid_request(std::string description) { return {400, "invalid_request", std::move(description)}; }
TokenRefused invalid_scope(std::string description) { return {400, "invalid_scope", std::move(description)}; }
// One answer for an unknown id and a wrong secret: it tells nobody which clients there are.
TokenRefused invalid_client() { return {401, "invalid_client", "no client has this client_id and client_secret"}; }

Reply refuse(const TokenRefused& refused) {
  const json::object more{{"error", refused.error}, {"error_description", refused.description}};
  Reply reply = problem_with(refused.status, refused.description, more);
  reply.headers.emplace_back("Cache-Control", "no-store");
  if (refused.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Basic realm=\"nopassd\"");
  return reply;
}

Result<Query> read_form(std::string_view body) {
  auto form = Query::parse(body);
  if (!form) return invalid_request("the body cannot be decoded");
  for (const std::string_view name : parameters) {
    const auto same = [name](const Parameter& given) { return given.name == name; };
    if (std::count_if(form->all().begin(), form->all().end(), same) > 1) {
      return invalid_request(fmt::format("{} is given twice", name));
    }
  }
  const auto grant = form->find("grant_type");
  if (!grant) return invalid_request("grant_type is missing");
  if (*grant != "client_credentials") {
    return TokenRefused{400, "unsupported_grant_type", "the only grant_type is client_credentials"};
  }
  return std::move(*form);
}

struct Credentials {
  std::string id;
  std::string secret;
};

/// Section 2.3.1: both parts are form-encoded before they are joined.
std::optional<Credentials> basic_credentials(std::string_view authorization) {
  const std::size_t space = std::min(authorization.find(' '), authorization.size());
  if (!callback::same_word(authorization.substr(0, space), "Basic")) return std::nullopt;
  const auto pair = callback::decode_base64(callback::trimmed(authorization.substr(space)));
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  auto id = percent_decode(std::string_view(*pair).substr(0, colon), true);
  auto secret = percent_decode(std::string_view(*pair).substr(colon + 1), true);
  if (!id || !secret) return std::nullopt;
  return Credentials{std::move(*id), std::move(*secret)};
}

Result<Credentials> credentials_of(std::string_view authorization, const Query& form) {
  const auto id = form.find("client_id");
  const auto secret = form.find("client_secret");
  if (authorization.empty()) {
    if (!id || !secret) return invalid_client();
    return Credentials{std::string(*id), std::string(*secret)};
  }
  if (secret) return invalid_request("the secret is given in the Authorization header and in the body");
  auto basic = basic_credentials(authorization);
  if (!basic) return invalid_client();
  if (id && *id != basic->id) return invalid_request("client_id is not that of the Authorization header");
  return std::move(*basic);
}

/// Section 3.3: names with one space between. None when nothing was asked for: then all that the client has.
Result<Scopes> asked_scopes(const Query& form) {
  Scopes scopes;
  const auto asked = form.find("scope");
  for (std::size_t begin = 0; asked && begin <= asked->size();) {
    const std::size_t end = std::min(asked->find(' ', begin), asked->size());
    const auto scope = scope_named(asked->substr(begin, end - begin));
    if (!scope) return invalid_scope("scope holds a name that is no scope");
    scopes.set(static_cast<std::size_t>(*scope));
    begin = end + 1;
  }
  return scopes;
}

struct Proof {
  std::string id;
  Digest secret{};
};

/// As slow for an unknown client as for a wrong secret, as far as this code can tell.
std::optional<storage::ApiClient> prove(storage::Snapshot& snapshot, const Proof& proof) {
  auto client = snapshot.client(proof.id);
  const bool same = storage::equal_secret(client ? client->secret : Digest{}, proof.secret);
  if (!client || !same) return std::nullopt;
  return client;
}

/// Adds the token and returns the scopes that it has now.
Result<Scopes> issue(storage::Transaction& transaction, const Proof& proof, const Digest& token, const Scopes& asked) {
  const auto client = prove(transaction, proof);
  if (!client) return invalid_client();
  const Scopes own = scopes_named(client->scopes);
  if (const Scopes lacking = asked & ~own; lacking.any()) {
    return invalid_scope(fmt::format("the client does not have {}", fmt::join(names_of(lacking), " ")));
  }
  transaction.add_access_token({token, client->id, names_of(asked), transaction.now() + lifetime});
  return asked.any() ? asked : own;
}

Reply token_reply(const std::string& token, const Scopes& scopes) {
  const json::object body{{"access_token", token},
                          {"token_type", "Bearer"},
                          {"expires_in", std::chrono::seconds(lifetime).count()},
                          {"scope", fmt::format("{}", fmt::join(names_of(scopes), " "))}};
  Reply reply = json_reply(200, body);
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("Pragma", "no-cache");  // section 5.1
  return reply;
}

asio::awaitable<Reply> answer(Call& call, Credentials credentials, Scopes asked) {
  storage::Store& store = call.services.store;
  const Proof proof{credentials.id, store.digest(SecretKind::client_secret, credentials.secret)};
  // On a reader first: whoever guesses does not hold up the writer.
  auto look = [proof](storage::Snapshot& snapshot) { return prove(snapshot, proof).has_value(); };
  const auto proved = co_await store.read(std::move(look));
  if (proved.has_error()) co_return store_trouble(proved.error());
  if (!*proved) co_return refuse(invalid_client());
  const std::string token = storage::make_token(call.services.random);
  auto work = [proof, asked, digest = store.digest(SecretKind::access_token, token)](
                  storage::Transaction& transaction) { return issue(transaction, proof, digest, asked); };
  const auto done = co_await call.transact(std::move(work));
  if (!done) co_return store_trouble(done.error());
  if (done->has_error()) co_return refuse(done->error());
  co_return token_reply(token, **done);
}

}  // namespace

asio::awaitable<Reply> issue_token(Call& call) {
  if (!call.faults.empty()) co_return refuse(call.faults);
  const auto form = read_form(call.request.body);
  if (!form) co_return refuse(form.error());
  auto credentials = credentials_of(call.request.authorization, *form);
  const auto asked = asked_scopes(*form);
  Metrics& metrics = call.services.metrics;
  Reply reply;
  if (!credentials) {
    reply = refuse(credentials.error());
  } else if (!asked) {
    reply = refuse(asked.error());
  } else {
    reply = co_await answer(call, std::move(*credentials), *asked);
  }
  if (reply.status == 200) metrics.tokens_issued.add();
  if (reply.status == 401) metrics.tokens_refused.add();
  co_return reply;
}

}  // namespace nopassd::handlers::site
