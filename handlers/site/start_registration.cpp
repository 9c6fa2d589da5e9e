// POST /v1/registrations: the daemon asks NoPass, or the site has done so and tells the otp.
#include "handlers/site/body.hpp"
#include "handlers/site/nopass_calls.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/tickets.hpp"
#include "storage/names.hpp"

#include <boost/url/parse.hpp>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

/// `external_id` is empty for a registration of somebody new.
struct RegistrationWanted {
  std::string external_id;
  std::string login;  // empty: not given
  storage::Profile profile;
  std::string redirect_url;
  std::string client_ip;
  storage::Digest otp{};
  storage::Digest binding{};
  storage::Digest ticket{};
  Milliseconds lifetime{};
};

/// "new" gives an empty string.
std::string for_member(Call& call) {
  constexpr std::size_t longest_external_id = 256;
  const json::value* value = member(call.body, "for");
  if (value == nullptr) {
    call.faults.body("/for", "is required");
    return {};
  }
  const json::string* text = value->if_string();
  if (text != nullptr && *text == "new") return {};
  const json::object* linked = value->if_object();
  if (linked == nullptr) {
    call.faults.body("/for", "must be \"new\" or an object with an externalId");
    return {};
  }
  for (const auto& given : *linked) {
    if (given.key() == "externalId") continue;
    call.faults.body("/for" + pointer_to({given.key().data(), given.key().size()}), "is no member of this request");
  }
  return text_member(*linked, "externalId", {1, longest_external_id, true}, call.faults, "/for").value_or("");
}

std::string redirect_url_member(Call& call) {
  const auto text = text_member(call.body, "redirectUrl", {}, call.faults);
  if (!text) return {};
  const auto url = boost::urls::parse_uri({text->data(), text->size()});
  const bool web = url && (url->scheme() == "https" || url->scheme() == "http") && !url->encoded_host().empty();
  if (!web) call.faults.body("/redirectUrl", "must be an absolute http or https URL");
  return *text;
}

RegistrationWanted wanted_registration(Call& call) {
  RegistrationWanted wanted;
  wanted.external_id = for_member(call);
  wanted.login = login_member(call.body, "login", call.faults).value_or("");
  const json::value* whose = member(call.body, "for");
  if (whose != nullptr && whose->is_string() && member(call.body, "login") == nullptr) {
    call.faults.body("/login", "is required for somebody new");
  }
  const auto text = [&call](std::string_view name) {
    return text_member(call.body, name, {}, call.faults).value_or("");
  };
  wanted.profile.email = text("email");
  wanted.profile.given_name = text("givenName");
  wanted.profile.sur_name = text("surName");
  wanted.profile.phone_number = text("phoneNumber");
  wanted.binding = binding_member(call).value_or(storage::Digest{});
  wanted.lifetime = call.services.settings.registration_lifetime;
  wanted.redirect_url = redirect_url_member(call);
  wanted.client_ip = client_ip_member(call.body, call.faults);
  return wanted;
}

/// Whom the enrolment is for: the user's id when he is known, and the login it will have.
struct Whose {
  std::string user_id;
  std::string login;
};

Outcome<Whose> whose_registration(storage::Snapshot& snapshot, const RegistrationWanted& wanted) {
  const std::string key = wanted.login.empty() ? std::string{} : storage::login_key(wanted.login);
  if (!wanted.external_id.empty()) {
    if (const auto known = snapshot.user_by_external_id(wanted.external_id)) {
      if (!key.empty() && key != known->login_key) return Refused{409, "the user of this externalId has another login"};
      return Whose{known->id, known->login};
    }
    if (key.empty()) return Refused{422, "nobody has this externalId yet, so a login is required"};
  }
  const auto holder = snapshot.user_by_login(key);
  if (!holder) return Whose{{}, wanted.login};
  if (wanted.external_id.empty()) return Refused{409, "this login exists already"};
  if (!holder->external_id.empty()) return Refused{409, "this login belongs to another externalId"};
  return Whose{holder->id, holder->login};
}

std::optional<Refused> refuse_unregistered(const storage::Portal& portal) {
  if (portal.state == storage::PortalState::registered) return std::nullopt;
  return Refused{409, "the portal is not registered"};
}

/// `known_otp` is the refusal of an otp that was given before.
Outcome<storage::Registration> record(storage::Transaction& transaction, const RegistrationWanted& wanted,
                                      const Refused& known_otp) {
  if (auto refusal = refuse_unregistered(transaction.portal())) return std::move(*refusal);
  if (transaction.registration_by_otp(wanted.otp)) return known_otp;
  auto whose = whose_registration(transaction, wanted);
  if (whose.has_error()) return whose.refused();
  storage::Registration made;
  made.id = transaction.new_id();
  made.otp = wanted.otp;
  made.user_id = whose->user_id;
  made.external_id = wanted.external_id;
  made.login = whose->login;
  made.login_key = storage::login_key(whose->login);
  made.profile = wanted.profile;
  made.binding = wanted.binding;
  made.ticket = wanted.ticket;
  made.started_at = transaction.now();
  made.expires_at = transaction.now() + wanted.lifetime;
  transaction.add_registration(made);
  transaction.append(storage::registration_event("started", made));
  return made;
}

struct Started {
  storage::Registration registration;
  std::string register_link;  // empty where the site has called NoPass
};
using RegistrationStart = asio::awaitable<storage::result<Outcome<Started>>>;

RegistrationStart start_by_recording(const Call& call, RegistrationWanted wanted) {
  auto work = [wanted = std::move(wanted)](storage::Transaction& transaction) -> Outcome<Started> {
    auto made = record(transaction, wanted, {409, "this otp is known already"});
    if (made.has_error()) return made.refused();
    return Started{std::move(*made), {}};
  };
  co_return co_await call.transact(std::move(work));
}

/// What a call of NoPass for a registration needs to know before it is made.
struct Prospect {
  storage::Portal portal;
  std::string login;
};

Outcome<Prospect> prospect(storage::Snapshot& snapshot, const RegistrationWanted& wanted) {
  Prospect found{snapshot.portal(), {}};
  if (auto refusal = refuse_unregistered(found.portal)) return std::move(*refusal);
  auto whose = whose_registration(snapshot, wanted);
  if (whose.has_error()) return whose.refused();
  found.login = std::move(whose->login);
  return found;
}

RegistrationStart start_by_asking(const Call& call, RegistrationWanted wanted) {
  const Services& services = call.services;
  auto look = [&wanted](storage::Snapshot& snapshot) { return prospect(snapshot, wanted); };
  auto found = co_await services.store.read(std::move(look));
  if (!found) co_return found.error();
  if (found->has_error()) co_return Outcome<Started>(found->refused());
  const Prospect& before = **found;

  // Held until the registration is there: callbacks that know its otp already wait for it.
  const Counted under_way = services.own_calls->begin();
  const Newcomer newcomer{before.login, wanted.client_ip, wanted.redirect_url, wanted.profile};
  auto answer = co_await pre_register_user(services, before.portal, newcomer);
  if (answer.has_error()) co_return Outcome<Started>(answer.refused());
  wanted.otp = services.store.digest(storage::SecretKind::otp, answer->otp);
  auto work = [&](storage::Transaction& transaction) -> Outcome<Started> {
    if (transaction.portal().portal_id != before.portal.portal_id) return Refused{409, "the portal is not registered"};
    auto made = record(transaction, wanted, {502, "NoPass gave an otp that it has given before; ask again later"});
    if (made.has_error()) return made.refused();
    if (made->login_key != storage::login_key(before.login)) return Refused{409, "the user was renamed meanwhile"};
    return Started{std::move(*made), answer->register_link};
  };
  co_return co_await call.transact(std::move(work));
}

json::object started_view(const Started& started, const Ticket& ticket, const Settings& settings) {
  const storage::Registration& made = started.registration;
  json::object view{{"type", "registration"}, {"id", made.id}, {"state", storage::name_of(made.state)}};
  if (!started.register_link.empty()) view["registerLink"] = started.register_link;
  put_ticket(view, ticket, settings);
  view["expiresAt"] = storage::format_time(made.expires_at);
  return view;
}

}  // namespace

asio::awaitable<Reply> start_registration(Call& call) {
  const Services& services = call.services;
  RegistrationWanted wanted = wanted_registration(call);
  check_own_call_member(call, "otp");
  std::optional<std::string> otp;
  if (services.settings.own_calls) otp = text_member(call.body, "otp", {}, call.faults);
  if (!call.faults.empty()) co_return refuse(call.faults);
  const Ticket ticket = make_ticket(services);
  wanted.ticket = ticket.digest;
  if (otp) wanted.otp = services.store.digest(storage::SecretKind::otp, *otp);

  auto starting = otp ? start_by_recording(call, std::move(wanted)) : start_by_asking(call, std::move(wanted));
  auto done = co_await std::move(starting);
  if (done && done->has_error() && done->refused().status == 422) {
    call.faults.body("/login", done->refused().detail);
    co_return refuse(call.faults);
  }
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  const Started& started = **done;
  co_return created(started_view(started, ticket, services.settings), "/v1/registrations/" + started.registration.id);
}

}  // namespace nopassd::handlers::site
