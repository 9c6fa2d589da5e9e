// POST /v1/sessions: the daemon asks NoPass, or the site has done so and tells the authId.
#include "handlers/callback/picture.hpp"
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/session_start.hpp"
#include "handlers/site/session_view.hpp"
#include "handlers/site/tickets.hpp"
#include "storage/names.hpp"

#include <boost/url/ipv6_address.hpp>

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Milliseconds;

namespace {

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

/// The site has called NoPass.
SessionStart record(const Call& call, SessionWanted wanted) {
  auto work = [wanted = std::move(wanted)](storage::Transaction& transaction) -> Outcome<SessionRead> {
    if (auto refusal = refuse_unregistered(transaction)) return std::move(*refusal);
    auto user = find_user(transaction, wanted.whose);
    if (user.has_error()) return user.refused();
    if (transaction.session_by_auth_id(wanted.auth_id)) return Refused{409, "this authId is known already"};
    return add_session(transaction, *user, wanted, transaction.new_id());
  };
  co_return co_await call.transact(std::move(work));
}

/// What starts are counted under: who has one IPv6 address has the other 2^64 of its network, too.
storage::Digest client_of(const std::string& client_ip, const storage::Store& store) {
  constexpr std::size_t network_bytes = 8;
  std::string counted = client_ip;
  if (const auto v6 = boost::urls::parse_ipv6_address(counted)) {
    const auto bytes = v6->to_bytes();
    counted = "network " + std::string(bytes.begin(), bytes.begin() + network_bytes);
  }
  return store.digest(storage::SecretKind::client_ip, counted);
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
  wanted.client = client_of(client_ip_member(call.body, call.faults), services.store);
  for (const std::string_view name : {"authId", "image", "nextChange"}) check_own_call_member(call, name);
  std::optional<std::string> auth_id;
  if (services.settings.own_calls) {
    auth_id = text_member(call.body, "authId", {1, longest_auth_id}, call.faults);
    picture_members(call, wanted);
  }
  if (!call.faults.empty()) co_return refuse(call.faults);
  if (!auth_id && (!wanted.png.empty() || member(call.body, "nextChange") != nullptr)) {
    call.faults.body("/authId", "is required beside an image");
    co_return refuse(call.faults);
  }
  if (auth_id) wanted.auth_id = services.store.digest(storage::SecretKind::auth_id, *auth_id);
  auto started = auth_id ? record(call, std::move(wanted)) : start_by_asking(call, std::move(wanted));
  auto done = co_await std::move(started);
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  const SessionRead& read = **done;
  co_return created(started_view(read, ticket, services.settings), "/v1/sessions/" + read.session.id);
}

}  // namespace nopassd::handlers::site
