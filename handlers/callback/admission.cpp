#include "handlers/callback/admission.hpp"

namespace nopassd::handlers::callback {

using storage::PortalState;

bool window_open(const storage::Portal& portal, storage::TimePoint now) {
  return portal.state != PortalState::registered && portal.window && now < portal.window->expires_at;
}

const storage::Challenge* challenge_of(const storage::Portal& portal, storage::TimePoint now) {
  if (!portal.window || !portal.window->challenge) return nullptr;
  const storage::Challenge& challenge = *portal.window->challenge;
  return now < challenge.at + challenge_lifetime ? &challenge : nullptr;
}

bool may_register(const storage::Portal& portal, const Visit& visit) {
  if (!window_open(portal, visit.now)) return false;
  const storage::Challenge* challenge = challenge_of(portal, visit.now);
  return challenge != nullptr && (!visit.same_caller || challenge->caller == visit.caller);
}

bool registered_lately(const storage::Portal& portal, const Visit& visit) {
  // One that was imported has no callback 2 that another could compete with.
  if (portal.registered_by.empty()) return false;
  return portal.state == PortalState::registered && portal.registered_at &&
         visit.now < *portal.registered_at + challenge_lifetime &&
         (!visit.same_caller || portal.registered_by == visit.caller);
}

std::optional<Outcome> not_admitted(Admission admission, const storage::Portal& portal, const Visit& visit) {
  switch (admission) {
    case Admission::window:
      if (!window_open(portal, visit.now)) return nothing_here("no registration window is open");
      return std::nullopt;
    case Admission::challenge:
      if (may_register(portal, visit) || registered_lately(portal, visit)) return std::nullopt;
      return nothing_here("no registration is under way for this caller");
    case Admission::registered_or_repeat:
      if (portal.state == PortalState::disabled) return std::nullopt;
      [[fallthrough]];
    case Admission::registered:
      if (portal.state != PortalState::registered) return unregistered();
      return std::nullopt;
  }
  return unregistered();
}

}  // namespace nopassd::handlers::callback
