#include "tests/handlers/site/site_fixture.hpp"

#include "storage/names.hpp"

namespace nopassd::testing {

namespace {

boost::asio::awaitable<void> carry_out(site::Services services, std::shared_ptr<Pending> pending) {
  const Ask& ask = pending->ask;
  const std::string_view target = ask.target;
  handlers::Request request;
  request.method = ask.method;
  request.path = target.substr(0, target.find('?'));
  request.query = target.find('?') == target.npos ? std::string_view{} : target.substr(target.find('?') + 1);
  request.content_type = ask.body.empty() ? std::string_view{} : ask.content_type;
  request.content_encoding = ask.content_encoding;
  request.accept = ask.accept;
  request.authorization = ask.authorization;
  request.if_none_match = ask.if_none_match;
  request.last_event_id = ask.last_event_id;
  request.body = ask.body;
  request.forwarded = ask.forwarded;
  pending->reply = co_await site::handle(services, pending->peer, request, pending->stream);
}

}  // namespace

SiteTest::SiteTest()
    : store(open()), services_{*store,        hub,     settings,     random,      readers, quotas,
                               storage_check, metrics, &hook_caller, &operations, &nopass, &own_calls} {
  settings.own_calls = true;
  settings.version = "0.1.0";
  peer.principal = "uid:33";
  peer.scopes = site::all_scopes();
  peer.known = true;
}

std::unique_ptr<storage::Store> SiteTest::open() {
  storage::SqliteOptions options;
  options.path = folder.path() / "nopassd.db";
  options.clock = [this] { return clock.now(); };
  options.on_commit = [this](const storage::CommitNotice& notice) { hub.committed(notice); };
  return storage::open_sqlite(std::move(options));
}

std::shared_ptr<Pending> SiteTest::begin(Ask ask) {
  auto pending = std::make_shared<Pending>();
  pending->ask = std::move(ask);
  pending->peer = peer;
  boost::asio::co_spawn(io, carry_out(services_, pending), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  return pending;
}

handlers::Reply SiteTest::finish(const std::shared_ptr<Pending>& pending) {
  run_until([&pending] { return pending->reply.has_value(); });
  return pending->reply.value_or(handlers::Reply{});
}

handlers::Reply SiteTest::call(Ask ask) { return finish(begin(std::move(ask))); }

void SiteTest::register_portal() {
  transact([](storage::Transaction& transaction) {
    storage::Portal portal = transaction.portal();
    portal.state = storage::PortalState::registered;
    portal.portal_id = "portal-of-tests";
    portal.auth_token = "token-of-tests";
    portal.registered_at = transaction.now();
    transaction.save_portal(portal);
    return true;
  });
}

std::string SiteTest::add_user(std::string login, std::string external_id) {
  return transact([login, external_id](storage::Transaction& transaction) {
    storage::User user;
    user.id = transaction.new_id();
    user.login = login;
    user.login_key = storage::login_key(login);
    user.external_id = external_id;
    user.created_at = transaction.now();
    user.profile.given_name = "Ada";
    user.profile.email = "ada@example.org";
    user.profile.phone_number = "+37412345678";
    user.forbidden_store["email"] = true;
    transaction.add_user(user);
    return user.id;
  });
}

void SiteTest::append_events(int count, std::string type) {
  transact([count, type](storage::Transaction& transaction) {
    for (int i = 0; i < count; ++i) transaction.append({type, "portal", {{"caller", "127.0.0.1"}}});
    return true;
  });
}

void SiteTest::grant(std::initializer_list<site::Scope> scopes) {
  peer.scopes.reset();
  for (const site::Scope scope : scopes) peer.scopes.set(static_cast<std::size_t>(scope));
}

std::string header(const handlers::Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return {};
}

json::object body_of(const handlers::Reply& reply) {
  json::error_code error;
  json::value value = json::parse(reply.body, error);
  if (error || !value.is_object()) {
    ADD_FAILURE() << "no JSON object: " << reply.status << ' ' << reply.body;
    return {};
  }
  return value.get_object();
}

std::string text_of(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(json::string_view(member.data(), member.size()));
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::vector<std::string> pointers(const handlers::Reply& reply) {
  std::vector<std::string> found;
  const json::object body = body_of(reply);
  for (const json::value& error : body.at("errors").as_array()) {
    found.push_back(text_of(error.at("source").as_object(), "pointer"));
  }
  return found;
}

::testing::AssertionResult is_problem(const handlers::Reply& reply, unsigned status) {
  const json::object body = body_of(reply);
  const bool errors = body.contains("errors") && !body.at("errors").as_array().empty();
  const bool says = body.contains("status") && body.at("status") == static_cast<std::int64_t>(status);
  if (reply.status == status && says && errors && reply.content_type == "application/problem+json") {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << reply.status << ' ' << reply.content_type << ' ' << reply.body;
}

}  // namespace nopassd::testing
