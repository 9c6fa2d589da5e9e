// PUT /v1/consumers/{name}: makes a consumer, or changes the types of one.
#include "handlers/site/body.hpp"
#include "handlers/site/consumers.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

#include <algorithm>
#include <variant>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

enum class Edge { now, oldest };
using From = std::variant<Edge, Cursor>;

struct ConsumerWanted {
  std::string name;
  std::string owner;
  From from = Edge::now;
  std::vector<std::string> types;
};

From from_member(Call& call) {
  const json::value* value = member(call.body, "from");
  if (value == nullptr) return Edge::now;
  if (const json::string* text = value->if_string()) {
    if (*text == "now") return Edge::now;
    if (*text == "oldest") return Edge::oldest;
    if (auto cursor = parse_cursor({text->data(), text->size()})) return std::move(*cursor);
  }
  call.faults.body("/from", "must be \"now\", \"oldest\" or a cursor");
  return Edge::now;
}

struct Put {
  ConsumerRead read;
  bool made = false;
  bool gone = false;  // `from` is no longer kept
};

std::optional<std::int64_t> position(const From& from, const storage::EventLog& log) {
  if (const Edge* edge = std::get_if<Edge>(&from)) return *edge == Edge::now ? log.last : log.swept;
  const Cursor& cursor = std::get<Cursor>(from);
  if (!is_kept(cursor, log)) return std::nullopt;
  return cursor.sequence;
}

Outcome<Put> put(storage::Transaction& transaction, const ConsumerWanted& wanted) {
  Put done;
  done.read.log = transaction.event_log();
  storage::Consumer& consumer = done.read.consumer;
  const auto known = transaction.consumer(wanted.name);
  if (known && known->owner != wanted.owner) return Refused{403, "somebody else made this consumer"};
  done.made = !known || known->retired;
  if (known) consumer = *known;
  consumer.types = wanted.types;
  consumer.last_seen = transaction.now();
  if (done.made) {
    const auto begin = position(wanted.from, done.read.log);
    done.gone = !begin;
    if (done.gone) return done;
    consumer.name = wanted.name;
    consumer.owner = wanted.owner;
    consumer.acknowledged = consumer.delivered = *begin;
    consumer.retired = false;
  }
  if (known) {
    transaction.update_consumer(consumer);
  } else {
    transaction.add_consumer(consumer);
  }
  done.read.lag = storage::lag_of(transaction, consumer);
  return done;
}

}  // namespace

asio::awaitable<Reply> put_consumer(Call& call) {
  ConsumerWanted wanted;
  wanted.name = call.path.front();
  wanted.owner = call.peer.principal;
  if (!is_consumer_name(wanted.name)) call.faults.parameter("name", "must be 1 to 64 of a-z, 0-9, '.', '_' and '-'");
  wanted.from = from_member(call);
  wanted.types = types_member(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [wanted](storage::Transaction& transaction) { return put(transaction, wanted); };
  auto done = co_await call.services.store.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  Put& result = **done;
  if (result.gone) co_return cursor_gone(result.read.log);
  const json::object view = consumer_view(result.read);
  if (!result.made) co_return json_reply(200, view);
  Reply reply = json_reply(201, view);
  reply.headers.emplace_back("Location", "/v1/consumers/" + call.path.front());
  co_return reply;
}

}  // namespace nopassd::handlers::site
