#include "storage/lifecycle.hpp"

namespace nopassd::storage {

SessionState effective_state(const Session& session, TimePoint now) {
  return !is_final(session.state) && session.expires_at <= now ? SessionState::expired : session.state;
}

RegistrationState effective_state(const Registration& registration, TimePoint now) {
  const bool open =
      registration.state == RegistrationState::started || registration.state == RegistrationState::validated;
  return open && registration.expires_at <= now ? RegistrationState::expired : registration.state;
}

bool is_final(SessionState state) {
  return state == SessionState::closed || state == SessionState::denied || state == SessionState::expired ||
         state == SessionState::cancelled;
}

void end_session(Transaction& transaction, Session& session, SessionState final_state, Party by) {
  session.state = final_state;
  session.ended_at = transaction.now();
  transaction.update_session(session);
  transaction.drop_picture(session.id);
  EventDraft draft = session_event(name_of(final_state), session);
  if (final_state == SessionState::closed) draft.data["by"] = name_of(by);
  transaction.append(std::move(draft));
}

void close_sessions(Transaction& transaction, std::string_view user_id, Party by) {
  constexpr std::size_t at_once = 500;
  for (;;) {
    std::vector<Session> live = transaction.live_sessions(user_id, at_once);
    for (Session& session : live) {
      const bool expired = effective_state(session, transaction.now()) == SessionState::expired;
      end_session(transaction, session, expired ? SessionState::expired : SessionState::closed, by);
    }
    if (live.size() < at_once) return;
  }
}

}  // namespace nopassd::storage
