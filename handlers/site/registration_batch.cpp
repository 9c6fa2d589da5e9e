// POST /v1/registrations/batch: each element is what POST /v1/registrations takes, and succeeds or fails for itself.
#include "handlers/site/body.hpp"
#include "handlers/site/endpoints.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

constexpr std::size_t most_registrations = 100;

/// Null after noting what is wrong.
const json::array* registrations_member(Call& call) {
  const json::value* value = member(call.body, "registrations");
  const json::array* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr) {
    call.faults.body("/registrations", value == nullptr ? "is required" : "must be an array");
  } else if (list->empty() || list->size() > most_registrations) {
    call.faults.body("/registrations", "must have 1 to 100 elements");
  }
  return list;
}

asio::awaitable<Reply> start_one(const Call& call, const json::value& element, std::size_t place) {
  Faults faults("/registrations/" + std::to_string(place));
  Call one{call.services, call.peer, call.request, call.stream, {}, {}, {}, std::move(faults), {}};
  if (const json::object* body = element.if_object()) {
    one.body = *body;
    check_members(one.body, match("/v1/registrations").method("POST")->members, one.faults);
  } else {
    one.faults.body("", "must be an object");
    co_return refuse(one.faults);
  }
  co_return co_await start_registration(one);
}

/// What the workers of one request share: they run on its executor, which one thread runs, and end before it.
struct Batch {
  Batch(const Call& its_call, const json::array& its_elements, const asio::any_io_executor& executor)
      : call(its_call), elements(its_elements), bodies(its_elements.size()), ended(executor) {}
  const Call& call;
  const json::array& elements;
  std::vector<std::string> bodies;
  asio::steady_timer ended;
  std::chrono::steady_clock::time_point deadline;
  std::size_t next = 0;
  std::size_t workers = 0;
};

asio::awaitable<void> work_on(Batch& batch) {
  while (batch.next < batch.elements.size()) {
    const std::size_t place = batch.next++;
    if (std::chrono::steady_clock::now() >= batch.deadline) {
      batch.bodies[place] = problem(504, "not begun: the registrations before it took too long; ask again").body;
      continue;
    }
    const Reply one = co_await start_one(batch.call, batch.elements[place], place);
    batch.bodies[place] = one.body;
  }
}

/// NoPass is asked for a few at once: one after the other a hundred would outlast the patience of most clients.
asio::awaitable<void> work_together(Batch& batch) {
  constexpr std::size_t most_at_once = 8;
  constexpr auto most_time = std::chrono::seconds(60);
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  batch.deadline = std::chrono::steady_clock::now() + most_time;
  batch.ended.expires_at(asio::steady_timer::time_point::max());
  const auto executor = co_await asio::this_coro::executor;
  std::exception_ptr defect;
  for (std::size_t i = 0; i < std::min(most_at_once, batch.elements.size()); ++i) {
    ++batch.workers;
    asio::co_spawn(executor, work_on(batch), [&batch, &defect](const std::exception_ptr& thrown) {
      if (thrown) defect = thrown;
      if (--batch.workers == 0) batch.ended.cancel();
    });
  }
  while (batch.workers > 0) co_await batch.ended.async_wait(quietly);
  if (defect) std::rethrow_exception(defect);
}

}  // namespace

asio::awaitable<Reply> start_registrations(Call& call) {
  const json::array* elements = registrations_member(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  Batch batch(call, *elements, co_await asio::this_coro::executor);
  co_await work_together(batch);
  Reply reply;
  reply.content_type = "application/json";
  reply.body = "{\"data\":[";
  for (const std::string& body : batch.bodies) {
    if (&body != batch.bodies.data()) reply.body += ',';
    reply.body += body;
  }
  reply.body += "]}";
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

}  // namespace nopassd::handlers::site
