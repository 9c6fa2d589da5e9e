#pragma once
// What records become with time, and the changes that several handlers make to them.
#include "storage/transaction.hpp"

namespace nopassd::storage {

/// What holds at `now`: a pending, authorized or open session past its expires_at is expired.
SessionState effective_state(const Session& session, TimePoint now);
/// A started or validated registration past its expires_at is expired.
RegistrationState effective_state(const Registration& registration, TimePoint now);
bool is_final(SessionState state);

/// How far a consumer is behind: the events from the first that it wants to the end of the log, 0 when none of those
/// behind its position is for it.
std::int64_t lag_of(Snapshot& snapshot, const Consumer& consumer);

/// Writes the final state, drops the picture and raises the session's event (`session.closed` with `by`, …).
/// `session` is updated in place.
void end_session(Transaction& transaction, Session& session, SessionState final_state, Party by);
/// Ends every live session of a user, or of everybody when `user_id` is empty: the expired as expired, the others
/// closed.
void close_sessions(Transaction& transaction, std::string_view user_id, Party by);

/// Writes the final state of a registration: refused or expired with its event, confirmed without. What it knew of the
/// person goes; the login stays as far as a repeated callback is compared with it, and nobody's who was erased.
/// `registration` is updated in place.
void end_registration(Transaction& transaction, Registration& registration, RegistrationState final_state);

/// Closes the user's sessions, takes his login from him and has him erased after `erase_after`, at once when it is 0
/// and he has no ask_nopass_at. Raises user.deleted. `user` is updated in place.
void suspend_user(Transaction& transaction, User& user, Milliseconds erase_after, Party by);

/// Records the site's answer, wakes who waits for it (the live event question.decided) and notes it in the history of
/// the user it is about. `question` is updated in place.
void answer_question(Transaction& transaction, Question& question, bool allow, std::string reason);
/// The deadline has passed, or nobody waits any more: `fallback` is the verdict.
void expire_question(Transaction& transaction, Question& question, bool fallback);
/// At the start of the daemon: who had asked is gone with the last one, so the fallback is the verdict on what is open.
void expire_open_questions(Transaction& transaction, bool fallback);

}  // namespace nopassd::storage
