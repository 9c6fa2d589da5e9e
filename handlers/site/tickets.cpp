#include "handlers/site/tickets.hpp"

#include "handlers/site/body.hpp"

namespace nopassd::handlers::site {

Ticket make_ticket(const Services& services) {
  Ticket ticket;
  ticket.text = storage::make_token(services.random);
  ticket.digest = services.store.digest(storage::SecretKind::ticket, ticket.text);
  return ticket;
}

void put_ticket(boost::json::object& view, const Ticket& ticket, const Settings& settings) {
  view["ticket"] = ticket.text;
  view["liveUrl"] = settings.live_public_path + "/t/" + ticket.text;
}

std::optional<storage::Digest> binding_member(Call& call) {
  const auto binding = text_member(call.body, "binding", {16, 512, true}, call.faults);
  if (!binding) return std::nullopt;
  return call.services.store.digest(storage::SecretKind::binding, *binding);
}

std::optional<Proof> proof_members(Call& call) {
  constexpr std::size_t longest_ticket = 128;
  const auto ticket = text_member(call.body, "ticket", {1, longest_ticket, true}, call.faults);
  const auto binding = binding_member(call);
  if (!ticket || !binding) return std::nullopt;
  return Proof{call.services.store.digest(storage::SecretKind::ticket, *ticket), *binding};
}

bool proves(const Proof& proof, const std::optional<storage::Digest>& ticket,
            const std::optional<storage::Digest>& binding) {
  if (!ticket || !binding) return false;
  const bool same_ticket = storage::equal_secret(proof.ticket, *ticket);
  const bool same_binding = storage::equal_secret(proof.binding, *binding);
  return same_ticket && same_binding;
}

void check_own_call_member(Call& call, std::string_view name) {
  if (call.services.settings.own_calls || member(call.body, name) == nullptr) return;
  call.faults.body(pointer_to(name), "is only for sites that call NoPass themselves (site.own_calls = true)");
}

}  // namespace nopassd::handlers::site
