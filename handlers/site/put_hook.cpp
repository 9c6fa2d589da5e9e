// PUT /v1/hooks/{name}: makes a hook with its consumer, or changes and resumes one.
#include "handlers/site/body.hpp"
#include "handlers/site/consumers.hpp"
#include "handlers/site/hook_message.hpp"
#include "handlers/site/hook_state.hpp"
#include "handlers/site/hook_url.hpp"
#include "handlers/site/hook_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

#include <array>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

constexpr std::size_t secret_bytes = 32;

struct HookWanted {
  std::string name;
  std::string url;
  std::vector<std::string> types;
  bool answers = false;
  std::string secret;  // for a new one
};

std::string url_member(Call& call) {
  TextRule rule;
  rule.required = true;
  const auto text = text_member(call.body, "url", rule, call.faults);
  if (!text) return {};
  const auto url = parse_hook_url(*text);
  const std::vector<std::string>& targets = call.services.settings.hook_targets;
  if (!url) {
    call.faults.body("/url",
                     "is no http://, https:// or unix:/path/to.sock:/url/path URL without user name, fragment and "
                     "dot segments");
  } else if (!is_admitted(*url, targets)) {
    call.faults.body(
        "/url", targets.empty() ? "cannot be allowed: hooks.targets is empty" : "lies under none of hooks.targets");
  } else if (const std::string objection = call.services.hook_caller->objection(*text); !objection.empty()) {
    call.faults.body("/url", objection);
  }
  return *text;
}

bool answers_member(Call& call) {
  const json::value* value = member(call.body, "answers");
  if (value == nullptr) return false;
  if (value->is_bool()) return value->get_bool();
  call.faults.body("/answers", "must be true or false");
  return false;
}

std::string new_secret(const storage::Random& random) {
  std::string secret(secret_bytes, '\0');
  random({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
  return secret;
}

struct Put {
  HookRead read;
  bool made = false;
};

/// At the end of the log.
void begin_now(storage::Consumer& consumer, const storage::EventLog& log) {
  consumer.acknowledged = consumer.delivered = log.last;
  consumer.retired = false;
}

Put make(storage::Transaction& transaction, const HookWanted& wanted) {
  Put done{{{}, {}, transaction.event_log()}, true};
  storage::Hook& hook = done.read.hook;
  hook.name = wanted.name;
  hook.url = wanted.url;
  hook.answers = wanted.answers;
  hook.secret = wanted.secret;
  hook.created_at = transaction.now();
  storage::Consumer& consumer = done.read.consumer;
  consumer.name = storage::hook_consumer(wanted.name);
  consumer.owner = storage::hook_owner;
  consumer.types = wanted.types;
  consumer.last_seen = transaction.now();
  begin_now(consumer, done.read.log);
  transaction.add_hook(hook);
  transaction.add_consumer(consumer);
  return done;
}

Put change(storage::Transaction& transaction, const HookWanted& wanted, HookRead known) {
  Put done{std::move(known), false};
  storage::Hook& hook = done.read.hook;
  hook.url = wanted.url;
  hook.answers = wanted.answers;
  hook.paused = false;
  hook.failures = 0;
  storage::Consumer& consumer = done.read.consumer;
  consumer.types = wanted.types;
  consumer.last_seen = transaction.now();
  if (consumer.retired) begin_now(consumer, done.read.log);
  transaction.update_hook(hook);
  transaction.update_consumer(consumer);
  return done;
}

Put put(storage::Transaction& transaction, const HookWanted& wanted) {
  auto known = find_hook(transaction, wanted.name);
  Put done = known.has_error() ? make(transaction, wanted) : change(transaction, wanted, std::move(*known));
  done.read.lag = storage::lag_of(transaction, done.read.consumer);
  announce_hook(transaction, wanted.name, is_asked(done.read.hook));
  return done;
}

}  // namespace

asio::awaitable<Reply> put_hook(Call& call) {
  HookWanted wanted;
  wanted.name = call.path.front();
  if (!is_consumer_name(wanted.name)) call.faults.parameter("name", "must be 1 to 64 of a-z, 0-9, '.', '_' and '-'");
  wanted.url = url_member(call);
  wanted.types = types_member(call);
  wanted.answers = answers_member(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  wanted.secret = new_secret(call.services.random);
  auto work = [wanted](storage::Transaction& transaction) { return put(transaction, wanted); };
  const auto done = co_await call.transact(std::move(work));
  if (!done) co_return store_trouble(done.error());
  json::object view = hook_view(done->read);
  if (!done->made) co_return json_reply(200, view);
  view["secret"] = hook_secret_text(wanted.secret);
  co_return created(view, "/v1/hooks/" + wanted.name);
}

}  // namespace nopassd::handlers::site
