#pragma once
// What the starts of sessions and registrations share: the ticket for the browser, the binding to it.
#include "handlers/site/call.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace nopassd::handlers::site {

struct Ticket {
  std::string text;          // told once, in the 201, and not kept
  storage::Digest digest{};  // what is kept
};

Ticket make_ticket(const Services& services);

/// Adds `ticket` and `liveUrl`.
void put_ticket(boost::json::object& view, const Ticket& ticket, const Settings& settings);

/// The digest of the required member `binding`, 16 to 512 characters; empty when it is missing or faulty.
std::optional<storage::Digest> binding_member(Call& call);

/// What a site shows to redeem: the members `ticket` and `binding`.
struct Proof {
  storage::Digest ticket{};
  storage::Digest binding{};
};
/// Both are required; empty when one is missing or faulty.
std::optional<Proof> proof_members(Call& call);
/// In constant time. False where nothing was kept to compare with.
bool proves(const Proof& proof, const std::optional<storage::Digest>& ticket,
            const std::optional<storage::Digest>& binding);

/// Without site.own_calls the member is a fault.
void check_own_call_member(Call& call, std::string_view name);

}  // namespace nopassd::handlers::site
