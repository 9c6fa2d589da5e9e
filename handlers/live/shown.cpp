#include "handlers/live/shown.hpp"

#include <algorithm>

namespace nopassd::handlers::live {

namespace json = boost::json;
using storage::Milliseconds;
using storage::RegistrationState;
using storage::SessionState;
using storage::TimePoint;

namespace {

Milliseconds from_to(TimePoint now, TimePoint then) {
  return std::max(Milliseconds{}, std::chrono::ceil<Milliseconds>(then - now));
}

/// `ended_at` is missing where nobody has written down yet that it has expired.
bool is_past(const std::optional<TimePoint>& ended_at, TimePoint expires_at, TimePoint now) {
  return now - ended_at.value_or(expires_at) > shown_after_end;
}

std::string_view event_of(SessionState state) {
  switch (state) {
    case SessionState::authorized:
    case SessionState::denied:
    case SessionState::expired:
      return storage::name_of(state);
    case SessionState::closed:
    case SessionState::cancelled:
      return "closed";
    default:
      return "state";
  }
}

std::string_view event_of(RegistrationState state) {
  switch (state) {
    case RegistrationState::confirmed:
      return "registered";
    case RegistrationState::refused:
      return "denied";
    case RegistrationState::expired:
      return "expired";
    default:
      return "state";
  }
}

std::optional<Shown> show_session(storage::Snapshot& snapshot, const storage::Session& session) {
  const TimePoint now = snapshot.now();
  const SessionState state = storage::effective_state(session, now);
  // A session that was closed after its redemption had no more use for its ticket.
  if (state == SessionState::open || session.redeemed_at) return std::nullopt;
  Shown shown;
  shown.subject = "session/" + session.id;
  shown.state = storage::name_of(state);
  shown.event = event_of(state);
  shown.over = storage::is_final(state);
  if (shown.over && is_past(session.ended_at, session.expires_at, now)) return std::nullopt;
  if (state == SessionState::denied) shown.reason = session.reason;
  if (!shown.over) shown.expires_in = from_to(now, session.expires_at);
  if (state != SessionState::pending) return shown;
  if (const auto picture = snapshot.picture(session.id)) {
    shown.picture_version = picture->version;
    shown.next_change_in = from_to(now, picture->next_change_at);
  }
  return shown;
}

std::optional<Shown> show_registration(const storage::Registration& registration, TimePoint now) {
  const RegistrationState state = storage::effective_state(registration, now);
  const bool confirmed = state == RegistrationState::confirmed;
  if (registration.redeemed_at || (confirmed && registration.expires_at <= now)) return std::nullopt;
  Shown shown;
  shown.subject = "registration/" + registration.id;
  shown.state = storage::name_of(state);
  shown.event = event_of(state);
  shown.over = confirmed || state == RegistrationState::refused || state == RegistrationState::expired;
  if (shown.over && !confirmed && is_past(registration.ended_at, registration.expires_at, now)) return std::nullopt;
  if (!shown.over || confirmed) shown.expires_in = from_to(now, registration.expires_at);
  return shown;
}

}  // namespace

std::optional<Shown> show(storage::Snapshot& snapshot, const storage::Digest& ticket) {
  if (const auto session = snapshot.session_by_ticket(ticket)) return show_session(snapshot, *session);
  if (const auto registration = snapshot.registration_by_ticket(ticket)) {
    return show_registration(*registration, snapshot.now());
  }
  return std::nullopt;
}

std::optional<ShownPicture> show_picture(storage::Snapshot& snapshot, const storage::Digest& ticket) {
  const auto session = snapshot.session_by_ticket(ticket);
  if (!session) return show(snapshot, ticket) ? std::optional<ShownPicture>(ShownPicture{}) : std::nullopt;
  const auto shown = show_session(snapshot, *session);
  if (!shown) return std::nullopt;
  ShownPicture picture;
  if (shown->picture_version) {
    if (auto found = snapshot.picture(session->id)) picture.png = std::move(found->png);
  }
  return picture;
}

json::object status_object(const Shown& shown) {
  json::object status{{"state", shown.state}};
  if (shown.next_change_in) status["nextChangeInMs"] = shown.next_change_in->count();
  if (shown.expires_in) status["expiresInMs"] = shown.expires_in->count();
  if (shown.picture_version) status["pictureVersion"] = *shown.picture_version;
  if (!shown.reason.empty()) status["reason"] = shown.reason;
  return status;
}

}  // namespace nopassd::handlers::live
