// Sessions: docs/site-api.md, "Sessions". start_session.cpp begins them.
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/session_view.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::SessionState;

namespace {

void put(json::object& view, std::string_view name, std::string_view value) {
  if (!value.empty()) view[name] = value;
}

/// The session of a path's {id}; 404 also when that is no UUID.
Outcome<SessionRead> find_session(storage::Snapshot& snapshot, std::string_view id) {
  const auto uuid = uuid_from(id);
  auto session = uuid ? snapshot.session(*uuid) : std::nullopt;
  if (!session) return Refused{404, "no such session"};
  return read_session(snapshot, std::move(*session));
}

void end_by_site(storage::Transaction& transaction, storage::Session& session) {
  const SessionState now = storage::effective_state(session, transaction.now());
  SessionState final_state = SessionState::cancelled;
  if (now == SessionState::open) final_state = SessionState::closed;
  if (now == SessionState::expired) final_state = SessionState::expired;
  storage::end_session(transaction, session, final_state, storage::Party::site);
}

}  // namespace

SessionRead read_session(storage::Snapshot& snapshot, storage::Session session) {
  SessionRead read{std::move(session), SessionState::pending, std::nullopt};
  read.state = storage::effective_state(read.session, snapshot.now());
  if (read.state == SessionState::pending) read.picture = snapshot.picture(read.session.id);
  return read;
}

json::object session_view(const SessionRead& read) {
  const storage::Session& session = read.session;
  json::object view{{"type", "session"}, {"id", session.id}};
  put(view, "userId", session.user_id);
  put(view, "externalId", session.external_id);
  view["state"] = storage::name_of(read.state);
  view["startedBy"] = storage::name_of(session.started_by);
  view["startedAt"] = storage::format_time(session.started_at);
  view["expiresAt"] = storage::format_time(session.expires_at);
  if (session.decided_at) view["decidedAt"] = storage::format_time(*session.decided_at);
  if (session.ended_at) view["endedAt"] = storage::format_time(*session.ended_at);
  put(view, "reason", session.reason);
  if (read.picture) {
    view["pictureVersion"] = read.picture->version;
    view["nextChangeAt"] = storage::format_time(read.picture->next_change_at);
  }
  return view;
}

asio::awaitable<Reply> list_sessions(Call& call) {
  const storage::PageRequest page = call.query.page(call.faults);
  storage::SessionFilter filter;
  if (const auto user = call.query.find("userId")) {
    filter.user_id = uuid_from(*user).value_or("");
    if (filter.user_id.empty()) call.faults.parameter("userId", "must be a UUID");
  }
  if (const auto state = call.query.find("state")) {
    filter.state = storage::state_named<SessionState>(*state);
    if (!filter.state) call.faults.parameter("state", "is no state of a session");
  }
  if (!call.faults.empty()) co_return refuse(call.faults);
  struct Found {
    json::array data;
    std::int64_t total;
  };
  auto work = [filter, page](storage::Snapshot& snapshot) {
    auto sessions = snapshot.sessions(filter, page);
    Found found{{}, sessions.total};
    for (storage::Session& session : sessions.data) {
      found.data.push_back(session_view(read_session(snapshot, std::move(session))));
    }
    return found;
  };
  auto found = co_await call.services.store.read(std::move(work));
  if (!found) co_return store_trouble(found.error());
  co_return list(std::move(found->data), found->total, page);
}

asio::awaitable<Reply> show_session(Call& call) {
  auto work = [id = call.path.front()](storage::Snapshot& snapshot) { return find_session(snapshot, id); };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  co_return resource(call.request, session_view(**found));
}

asio::awaitable<Reply> show_picture(Call& call) {
  auto work = [id = call.path.front()](storage::Snapshot& snapshot) { return find_session(snapshot, id); };
  auto found = co_await call.services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  auto& picture = (*found)->picture;
  if (!picture) co_return problem(404, "the session shows no picture now");
  Reply reply;
  reply.content_type = "image/png";
  reply.body = std::move(picture->png);
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return with_etag(call.request, std::move(reply));
}

asio::awaitable<Reply> end_session(Call& call) {
  auto work = [id = call.path.front()](storage::Transaction& transaction) {
    auto found = find_session(transaction, id);
    if (!found.has_error() && !storage::is_final(found->state)) end_by_site(transaction, found->session);
    return found;
  };
  const auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return no_content();
}

asio::awaitable<Reply> end_sessions(Call& call) {
  const auto given = call.query.find("userId");
  const auto user_id = given ? uuid_from(*given) : std::nullopt;
  if (!user_id) call.faults.parameter("userId", given ? "must be a UUID" : "is required");
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [id = *user_id](storage::Transaction& transaction) -> Outcome<bool> {
    constexpr std::size_t at_once = 500;
    if (!transaction.user(id)) return Refused{404, "no such user"};
    for (bool more = true; more;) {
      std::vector<storage::Session> live = transaction.live_sessions(id, at_once);
      for (storage::Session& session : live) end_by_site(transaction, session);
      more = live.size() == at_once;
    }
    return true;
  };
  const auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return no_content();
}

}  // namespace nopassd::handlers::site
