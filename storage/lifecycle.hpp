#pragma once
// What records become with time, and the changes that several handlers make to them.
#include "storage/transaction.hpp"

namespace nopassd::storage {

/// What holds at `now`: a pending, authorized or open session past its expires_at is expired.
SessionState effective_state(const Session& session, TimePoint now);
/// A started or validated registration past its expires_at is expired.
RegistrationState effective_state(const Registration& registration, TimePoint now);
bool is_final(SessionState state);

/// Writes the final state, drops the picture and raises the session's event (`session.closed` with `by`, …).
/// `session` is updated in place.
void end_session(Transaction& transaction, Session& session, SessionState final_state, Party by);
/// Ends every live session of a user, or of everybody when `user_id` is empty: the expired as expired, the others
/// closed.
void close_sessions(Transaction& transaction, std::string_view user_id, Party by);

}  // namespace nopassd::storage
