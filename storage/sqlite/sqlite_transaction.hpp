#pragma once
// The Transaction over SQLite. One object serves the writer thread for good; between begin_piece() and the next it
// belongs to one piece of work. What a piece appended or announced is told only when the piece and the commit hold.
#include "storage/random.hpp"
#include "storage/sqlite/reads.hpp"
#include "storage/transaction.hpp"

namespace nopassd::storage {

class SqliteTransaction final : public Reads<Transaction> {
 public:
  SqliteTransaction(Connection& connection, const Identity& identity, const Random& random)
      : Reads<Transaction>(connection, identity), random_(random) {}

  /// A new batch: nothing is to be told.
  void begin_batch();
  void begin_piece(TimePoint now);
  /// The changes of the present piece were rolled back.
  void discard_piece();
  /// The whole batch was rolled back.
  void discard_batch();
  CommitNotice take_notice() { return std::exchange(notice_, {}); }
  /// Whether the batch wiped somebody's data, of which the log file beside the database still has a copy.
  bool erased() const { return erased_; }
  /// Whether the batch saved the portal.
  bool portal_saved() const { return portal_saved_; }

  Portal portal() override;
  void save_portal(const Portal& portal) override;
  int count_failed_challenge(std::string_view caller) override { return portal_.count_failed_challenge(caller); }
  void clear_failed_challenges() override { portal_.clear_failed_challenges(); }

  void add_session(const Session& session) override { sessions_.add(session); }
  void update_session(const Session& session) override { sessions_.update(session); }
  std::optional<std::int64_t> show_picture(std::string_view session_id, std::string_view png,
                                           TimePoint next_change_at) override {
    return sessions_.show_picture(session_id, png, next_change_at);
  }
  void drop_picture(std::string_view session_id) override { sessions_.drop_picture(session_id); }

  void add_login_start(const LoginStart& start) override { login_starts_.add(start); }
  void end_login_start(std::string_view id) override { login_starts_.end(id); }

  void add_registration(const Registration& registration) override { registrations_.add(registration); }
  void update_registration(const Registration& registration) override;

  void add_user(const User& user) override { users_.add(user, login_digest(user.login_key)); }
  void update_user(const User& user) override { users_.update(user, login_digest(user.login_key)); }
  void erase_user(std::string_view id) override;
  void remember_former_login(std::string_view login_key, const FormerLogin& former) override {
    users_.remember_former_login(login_digest(login_key), former);
    registrations_.forget_login(login_key);
  }

  void set_cause(std::string cause) override { cause_ = std::move(cause); }
  void append(EventDraft draft) override;
  void announce(LiveEvent event) override { notice_.live.push_back(std::move(event)); }
  void note(std::string_view user_id, HistoryEntry entry) override;
  std::string new_id() override { return make_uuid(random_); }

  void add_consumer(const Consumer& consumer) override { events_.add(consumer); }
  void update_consumer(const Consumer& consumer) override { events_.update(consumer); }
  void remove_consumer(std::string_view name) override { events_.remove(name); }

  void add_question(const Question& question) override { questions_.add(question); }
  void update_question(const Question& question) override;

  void add_hook(const Hook& hook) override { hooks_.add(hook); }
  void update_hook(const Hook& hook) override { hooks_.update(hook); }
  void remove_hook(std::string_view name) override { hooks_.remove(name); }

  void add_client(const ApiClient& client) override { access_.add(client); }
  void update_client(const ApiClient& client) override { access_.update(client); }
  void remove_client(std::string_view id) override { access_.remove(id); }
  void add_access_token(const AccessToken& token) override { access_.add_token(token); }
  void remove_access_tokens(std::string_view client_id) override { access_.remove_tokens(client_id); }

  std::vector<Session> sessions_past_expiry(std::size_t limit) override { return sessions_.past_expiry(now_, limit); }
  std::vector<Registration> registrations_past_expiry(std::size_t limit) override {
    return registrations_.past_expiry(now_, limit);
  }
  std::vector<User> users_to_erase(Milliseconds longest_question, std::size_t limit) override {
    return users_.to_erase(now_, longest_question, limit);
  }
  std::vector<Question> questions_past_deadline(std::size_t limit) override {
    return questions_.past_deadline(now_, limit);
  }
  std::size_t remove_expired_access_tokens(std::size_t limit) override {
    return access_.remove_expired_tokens(now_, limit);
  }
  std::size_t remove_login_starts(TimePoint before, std::size_t limit) override {
    return login_starts_.remove(before, limit);
  }
  std::size_t remove_ended(TimePoint before, std::size_t limit) override;
  std::size_t remove_events(TimePoint before, std::int64_t keep_at_most, std::size_t limit) override {
    return events_.remove(before, keep_at_most, limit);
  }

 private:
  const Random& random_;
  CommitNotice notice_;
  std::string cause_;              // of the present piece
  std::size_t events_before_ = 0;  // what notice_ held when the piece began
  std::size_t live_before_ = 0;
  std::optional<Portal> known_portal_;  // as the open transaction sees it
  bool saved_by_piece_ = false;
  bool portal_saved_ = false;
  bool erased_ = false;
};

}  // namespace nopassd::storage
