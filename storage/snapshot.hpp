#pragma once
// What a reader may ask. A Snapshot is one committed state; it is used on the thread it was handed to, and not kept.
#include "storage/access.hpp"
#include "storage/events.hpp"
#include "storage/history.hpp"
#include "storage/hook.hpp"
#include "storage/records.hpp"

namespace nopassd::storage {

struct PageRequest {
  std::int64_t offset = 0;
  std::int64_t limit = 20;
};

template <class Record>
struct Page {
  std::vector<Record> data;
  std::int64_t total = 0;
};

/// Empty members do not filter. `state` is the state as read at `now`.
struct SessionFilter {
  std::string user_id;
  std::optional<SessionState> state;
};
struct RegistrationFilter {
  std::optional<RegistrationState> state;
};
struct UserFilter {
  std::string login_key;
  std::string email_key;
  std::string external_id;
  std::optional<UserState> state;
};

/// Every function throws StoreFailure when the database cannot be read.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  /// Never goes back between two transactions of one store.
  virtual TimePoint now() const = 0;

  virtual Portal portal() = 0;
  /// Wrong adminIds from this caller since the window opened.
  virtual int failed_challenges(std::string_view caller) = 0;

  virtual std::optional<Session> session(std::string_view id) = 0;
  virtual std::optional<Session> session_by_auth_id(const Digest& auth_id) = 0;
  /// In any state; so with registrations.
  virtual std::optional<Session> session_by_ticket(const Digest& ticket) = 0;
  virtual std::optional<Picture> picture(std::string_view session_id) = 0;
  /// Newest first.
  virtual Page<Session> sessions(const SessionFilter& filter, PageRequest page) = 0;
  /// Those not yet in a final state, as written: pending, authorized, open. Of every user when `user_id` is empty.
  virtual std::vector<Session> live_sessions(std::string_view user_id, std::size_t limit) = 0;
  virtual LoginStarts login_starts(std::string_view user_id, const Digest& client, TimePoint since) = 0;

  virtual std::optional<Registration> registration(std::string_view id) = 0;
  virtual std::optional<Registration> registration_by_otp(const Digest& otp) = 0;
  virtual std::optional<Registration> registration_by_ticket(const Digest& ticket) = 0;
  /// Newest first.
  virtual Page<Registration> registrations(const RegistrationFilter& filter, PageRequest page) = 0;

  /// In any state, tombstones included.
  virtual std::optional<User> user(std::string_view id) = 0;
  /// Active ones only: a deleted user does not hold his login or external id.
  virtual std::optional<User> user_by_login(std::string_view login_key) = 0;
  virtual std::optional<User> user_by_external_id(std::string_view external_id) = 0;
  /// The one deleted last under this login: still to be erased, or a tombstone (found by the login's digest).
  virtual std::optional<User> deleted_user_by_login(std::string_view login_key) = 0;
  virtual std::optional<FormerLogin> former_login(std::string_view login_key) = 0;
  /// Oldest first.
  virtual Page<User> users(const UserFilter& filter, PageRequest page) = 0;
  /// Deleting ones of whom NoPass is to be asked by now; the longest due first.
  virtual std::vector<User> users_to_ask_nopass(std::size_t limit) = 0;

  virtual EventLog event_log() = 0;
  virtual EventPage events_after(const EventQuery& query) = 0;
  virtual std::optional<Consumer> consumer(std::string_view name) = 0;
  virtual std::vector<Consumer> consumers() = 0;

  virtual std::optional<Question> question(std::string_view id) = 0;
  /// The one asked last under this key.
  virtual std::optional<Question> question_by_key(const Digest& key) = 0;
  /// Those that may still be answered: open, and before their deadline.
  virtual std::size_t open_questions() = 0;
  /// The same, oldest first.
  virtual std::vector<Question> questions_to_answer(std::size_t limit) = 0;

  /// Newest first.
  virtual Page<HistoryEntry> history(std::string_view user_id, PageRequest page) = 0;

  virtual std::optional<Hook> hook(std::string_view name) = 0;
  /// By name.
  virtual std::vector<Hook> hooks() = 0;

  virtual std::optional<ApiClient> client(std::string_view id) = 0;
  /// Oldest first.
  virtual Page<ApiClient> clients(PageRequest page) = 0;
  /// Also one that has expired and was not swept yet.
  virtual std::optional<AccessToken> access_token(const Digest& token) = 0;
};

}  // namespace nopassd::storage
