// POST /v1/registrations in its recording form: the site has called NoPass and tells the otp.
#include "handlers/site/body.hpp"
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

void check_redirect_url(Call& call) {
  const auto text = text_member(call.body, "redirectUrl", {}, call.faults);
  if (!text) return;
  const auto url = boost::urls::parse_uri({text->data(), text->size()});
  const bool web = url && (url->scheme() == "https" || url->scheme() == "http") && !url->encoded_host().empty();
  if (!web) call.faults.body("/redirectUrl", "must be an absolute http or https URL");
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
  check_redirect_url(call);
  check_client_ip(call.body, call.faults);
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

Outcome<storage::Registration> start(storage::Transaction& transaction, const RegistrationWanted& wanted) {
  if (transaction.portal().state != storage::PortalState::registered) {
    return Refused{409, "the portal is not registered"};
  }
  if (transaction.registration_by_otp(wanted.otp)) return Refused{409, "this otp is known already"};
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

json::object started_view(const storage::Registration& made, const Ticket& ticket, const Settings& settings) {
  json::object view{{"type", "registration"}, {"id", made.id}, {"state", storage::name_of(made.state)}};
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
  if (!otp) co_return no_outgoing_calls(services.settings, "otp");
  const Ticket ticket = make_ticket(services);
  wanted.ticket = ticket.digest;
  wanted.otp = services.store.digest(storage::SecretKind::otp, *otp);

  auto work = [wanted = std::move(wanted)](storage::Transaction& transaction) { return start(transaction, wanted); };
  auto done = co_await call.transact(std::move(work));
  if (done && done->has_error() && done->refused().status == 422) {
    call.faults.body("/login", done->refused().detail);
    co_return refuse(call.faults);
  }
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  const storage::Registration& made = **done;
  co_return created(started_view(made, ticket, services.settings), "/v1/registrations/" + made.id);
}

}  // namespace nopassd::handlers::site
