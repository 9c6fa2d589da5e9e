#pragma once
// What a writer may do. A Transaction is handed to the work of Store::transact, on the writer thread, and not kept.
#include "storage/snapshot.hpp"

namespace nopassd::storage {

/// Rows that a sweep may look at; see sweep.hpp.
struct Retention {
  Milliseconds ended_records{};                           // sessions, registrations, questions after their end
  Milliseconds events{};                                  // of the event log
  std::int64_t events_at_most = 0;                        // beyond it the oldest go, whatever their age
  Milliseconds consumer_timeout{};                        // unseen consumers are retired after it
  Milliseconds sealed_token{};                            // authToken after DisableService
  Milliseconds login_starts{std::chrono::minutes(10)};    // what the limits of starts look back on
  Milliseconds nopass_question{std::chrono::hours(168)};  // a user is kept so long past his time for NoPass's answer
};

/// Writes throw StoreFailure when the database cannot be written, and std::logic_error on a record that is not there.
class Transaction : public Snapshot {
 public:
  virtual void save_portal(const Portal& portal) = 0;
  /// Counts one more and returns the count.
  virtual int count_failed_challenge(std::string_view caller) = 0;
  virtual void clear_failed_challenges() = 0;

  virtual void add_session(const Session& session) = 0;
  /// auth_id and user_id stay as they were added; others throw std::logic_error.
  virtual void update_session(const Session& session) = 0;
  /// Replaces what the session shows and returns the new version; nothing changes and the result is empty when the
  /// session has shown this picture (by hash) before.
  virtual std::optional<std::int64_t> show_picture(std::string_view session_id, std::string_view png,
                                                   TimePoint next_change_at) = 0;
  /// Nothing is shown any more; what was shown is still known, and versions go on from where they were.
  virtual void drop_picture(std::string_view session_id) = 0;

  virtual void add_login_start(const LoginStart& start) = 0;
  /// It is no longer under way: its session is there now, or none will come of it. It still counts as a start.
  virtual void end_login_start(std::string_view id) = 0;

  virtual void add_registration(const Registration& registration) = 0;
  virtual void update_registration(const Registration& registration) = 0;

  virtual void add_user(const User& user) = 0;
  virtual void update_user(const User& user) = 0;
  /// Leaves id, external id, the login's digest and the times; takes the person out of every other record.
  virtual void erase_user(std::string_view id) = 0;
  /// Ended registrations under that login that became nobody's forget it.
  virtual void remember_former_login(std::string_view login_key, const FormerLogin& former) = 0;

  /// Who or what brings about what this piece of work appends and notes, for the history; "daemon" until it is said.
  virtual void set_cause(std::string cause) = 0;
  /// Durable, numbered, told to the hub after the commit. With a `userId` in its data it goes into that user's history.
  virtual void append(EventDraft draft) = 0;
  /// Told to the hub after the commit, and forgotten.
  virtual void announce(LiveEvent event) = 0;
  /// An entry in the user's history that is no event; its id, time and cause are filled in.
  virtual void note(std::string_view user_id, HistoryEntry entry) = 0;
  /// A UUID v4 for a new record.
  virtual std::string new_id() = 0;

  virtual void add_consumer(const Consumer& consumer) = 0;
  virtual void update_consumer(const Consumer& consumer) = 0;
  virtual void remove_consumer(std::string_view name) = 0;

  virtual void add_question(const Question& question) = 0;
  virtual void update_question(const Question& question) = 0;

  virtual void add_hook(const Hook& hook) = 0;
  virtual void update_hook(const Hook& hook) = 0;
  virtual void remove_hook(std::string_view name) = 0;

  virtual void add_client(const ApiClient& client) = 0;
  virtual void update_client(const ApiClient& client) = 0;
  /// With its tokens.
  virtual void remove_client(std::string_view id) = 0;
  virtual void add_access_token(const AccessToken& token) = 0;
  virtual void remove_access_tokens(std::string_view client_id) = 0;

  // For the sweeper: each looks at no more than `limit` rows.
  virtual std::vector<Session> sessions_past_expiry(std::size_t limit) = 0;
  virtual std::vector<Registration> registrations_past_expiry(std::size_t limit) = 0;
  /// Not those of whom NoPass is still to be asked, unless it had `longest_question` for them.
  virtual std::vector<User> users_to_erase(Milliseconds longest_question, std::size_t limit) = 0;
  virtual std::vector<Question> questions_past_deadline(std::size_t limit) = 0;
  /// Returns how many.
  virtual std::size_t remove_expired_access_tokens(std::size_t limit) = 0;
  virtual std::size_t remove_login_starts(TimePoint before, std::size_t limit) = 0;
  /// Removes records that ended before `before`; returns how many.
  virtual std::size_t remove_ended(TimePoint before, std::size_t limit) = 0;
  /// Removes the oldest events that no consumer still needs; returns how many.
  virtual std::size_t remove_events(TimePoint before, std::int64_t keep_at_most, std::size_t limit) = 0;
};

}  // namespace nopassd::storage
