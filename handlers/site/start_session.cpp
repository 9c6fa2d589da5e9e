// POST /v1/sessions in its recording form: the site has called NoPass and tells the authId.
#include "handlers/callback/picture.hpp"
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/session_view.hpp"
#include "handlers/site/tickets.hpp"
#include "storage/names.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Milliseconds;

namespace {

/// Exactly one is set.
struct WhoseSession {
  std::optional<std::string> user_id;
  std::optional<std::string> external_id;
  std::optional<std::string> login_key;
};

struct SessionWanted {
  WhoseSession whose;
  storage::Digest auth_id{};
  storage::Digest binding{};
  storage::Digest ticket{};
  std::string png;  // empty: none
  Milliseconds next_change{};
  Milliseconds lifetime{};
};

WhoseSession whose_member(Call& call) {
  constexpr std::size_t longest_external_id = 256;
  WhoseSession whose;
  if (const auto text = text_member(call.body, "userId", {1, 36}, call.faults)) {
    whose.user_id = uuid_from(*text);
    if (!whose.user_id) call.faults.body("/userId", "must be a UUID");
  }
  whose.external_id = text_member(call.body, "externalId", {1, longest_external_id}, call.faults);
  if (const auto login = login_member(call.body, "login", call.faults)) whose.login_key = storage::login_key(*login);
  std::size_t given = 0;
  for (const std::string_view name : {"userId", "externalId", "login"}) {
    if (member(call.body, name) != nullptr) ++given;
  }
  if (given != 1) call.faults.body("", "exactly one of userId, externalId and login is wanted");
  return whose;
}

/// The first picture and its time: the limits of callback 3.
void picture_members(Call& call, SessionWanted& wanted) {
  constexpr Milliseconds usual{30'000};
  constexpr Milliseconds shortest{1'000};
  constexpr Milliseconds longest{600'000};
  const json::value* image = member(call.body, "image");
  const auto next_change = number_member(call.body, "nextChange", call.faults);
  wanted.next_change = std::clamp(Milliseconds(next_change.value_or(usual.count())), shortest, longest);
  if (image == nullptr) {
    if (next_change) call.faults.body("/nextChange", "is only for an image");
    return;
  }
  const json::string* text = image->if_string();
  auto png = text == nullptr ? std::nullopt : callback::decode_picture({text->data(), text->size()});
  if (png) {
    wanted.png = std::move(*png);
  } else {
    call.faults.body("/image", "must be a PNG with a palette of 8 bits, at most 64 KiB and 1024 by 1024, in base64");
  }
}

Outcome<storage::User> find_user(storage::Snapshot& snapshot, const WhoseSession& whose) {
  std::optional<storage::User> user;
  if (whose.user_id) user = snapshot.user(*whose.user_id);
  if (whose.external_id) user = snapshot.user_by_external_id(*whose.external_id);
  if (whose.login_key) user = snapshot.user_by_login(*whose.login_key);
  if (!user) return Refused{404, "no such user"};
  if (user->state != storage::UserState::active) return Refused{410, "the user is deleted"};
  return std::move(*user);
}

storage::Session session_of(const storage::User& user, const SessionWanted& wanted, storage::TimePoint now) {
  storage::Session session;
  session.auth_id = wanted.auth_id;
  session.user_id = user.id;
  session.external_id = user.external_id;
  session.login = user.login;
  session.login_key = user.login_key;
  session.binding = wanted.binding;
  session.ticket = wanted.ticket;
  session.started_at = now;
  session.expires_at = now + wanted.lifetime;
  return session;
}

void show_first_picture(storage::Transaction& transaction, SessionRead& read, const SessionWanted& wanted) {
  const storage::TimePoint next = transaction.now() + wanted.next_change;
  const auto version = transaction.show_picture(read.session.id, wanted.png, next);
  read.picture = storage::Picture{version.value_or(1), next, {}};
  storage::LiveEvent live{"session.picture", "session/" + read.session.id, {}};
  live.data["sessionId"] = read.session.id;
  live.data["pictureVersion"] = read.picture->version;
  live.data["nextChangeAt"] = storage::format_time(next);
  transaction.announce(std::move(live));
}

Outcome<SessionRead> start(storage::Transaction& transaction, const SessionWanted& wanted) {
  if (transaction.portal().state != storage::PortalState::registered) {
    return Refused{409, "the portal is not registered"};
  }
  auto user = find_user(transaction, wanted.whose);
  if (user.has_error()) return user.refused();
  if (transaction.session_by_auth_id(wanted.auth_id)) return Refused{409, "this authId is known already"};
  SessionRead read{session_of(*user, wanted, transaction.now()), storage::SessionState::pending, std::nullopt};
  read.session.id = transaction.new_id();
  transaction.add_session(read.session);
  transaction.append(storage::session_event("started", read.session));
  if (!wanted.png.empty()) show_first_picture(transaction, read, wanted);
  return read;
}

json::object started_view(const SessionRead& read, const Ticket& ticket, const Settings& settings) {
  const json::object whole = session_view(read);
  json::object view;
  for (const std::string_view name :
       {"type", "id", "userId", "externalId", "state", "nextChangeAt", "pictureVersion", "expiresAt"}) {
    if (const json::value* value = whole.if_contains(name)) view[name] = *value;
  }
  put_ticket(view, ticket, settings);
  return view;
}

}  // namespace

asio::awaitable<Reply> start_session(Call& call) {
  constexpr std::size_t longest_auth_id = 256;
  const Services& services = call.services;
  const Ticket ticket = make_ticket(services);
  SessionWanted wanted;
  wanted.whose = whose_member(call);
  wanted.binding = binding_member(call).value_or(storage::Digest{});
  wanted.ticket = ticket.digest;
  wanted.lifetime = services.settings.session_lifetime;
  check_client_ip(call.body, call.faults);
  for (const std::string_view name : {"authId", "image", "nextChange"}) check_own_call_member(call, name);
  std::optional<std::string> auth_id;
  if (services.settings.own_calls) {
    auth_id = text_member(call.body, "authId", {1, longest_auth_id}, call.faults);
    picture_members(call, wanted);
  }
  if (!call.faults.empty()) co_return refuse(call.faults);
  if (!auth_id) co_return no_outgoing_calls(services.settings, "authId");
  wanted.auth_id = services.store.digest(storage::SecretKind::auth_id, *auth_id);

  auto work = [wanted = std::move(wanted)](storage::Transaction& transaction) { return start(transaction, wanted); };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  const SessionRead& read = **done;
  co_return created(started_view(read, ticket, services.settings), "/v1/sessions/" + read.session.id);
}

}  // namespace nopassd::handlers::site
