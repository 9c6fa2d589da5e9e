#pragma once
// The reading half of Snapshot and Transaction, over the tables of one connection.
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/tables.hpp"

namespace nopassd::storage {

/// `Interface` is Snapshot or Transaction. The connection and the identity outlive it.
template <class Interface>
class Reads : public Interface, protected Tables {
 public:
  Reads(Connection& connection, const Identity& identity) : Tables(connection), identity_(identity) {}

  TimePoint now() const override { return now_; }

  Portal portal() override { return portal_.load(); }
  int failed_challenges(std::string_view caller) override { return portal_.failed_challenges(caller); }

  std::optional<Session> session(std::string_view id) override { return sessions_.find(id); }
  std::optional<Session> session_by_auth_id(const Digest& auth_id) override {
    return sessions_.find_by_auth_id(auth_id);
  }
  std::optional<Session> session_by_ticket(const Digest& ticket) override { return sessions_.find_by_ticket(ticket); }
  std::optional<Picture> picture(std::string_view session_id) override { return sessions_.picture(session_id); }
  Page<Session> sessions(const SessionFilter& filter, PageRequest page) override {
    return sessions_.list(filter, page, now_);
  }
  std::vector<Session> live_sessions(std::string_view user_id, std::size_t limit) override {
    return sessions_.live(user_id, limit);
  }
  LoginStarts login_starts(std::string_view user_id, const Digest& client, TimePoint since) override {
    return login_starts_.count(user_id, client, since, now_);
  }

  std::optional<Registration> registration(std::string_view id) override { return registrations_.find(id); }
  std::optional<Registration> registration_by_otp(const Digest& otp) override {
    return registrations_.find_by_otp(otp);
  }
  std::optional<Registration> registration_by_ticket(const Digest& ticket) override {
    return registrations_.find_by_ticket(ticket);
  }
  Page<Registration> registrations(const RegistrationFilter& filter, PageRequest page) override {
    return registrations_.list(filter, page, now_);
  }

  std::optional<User> user(std::string_view id) override { return users_.find(id); }
  std::optional<User> user_by_login(std::string_view login_key) override { return users_.find_by_login(login_key); }
  std::optional<User> user_by_external_id(std::string_view external_id) override {
    return users_.find_by_external_id(external_id);
  }
  std::optional<User> deleted_user_by_login(std::string_view login_key) override {
    return users_.find_deleted(login_digest(login_key));
  }
  std::optional<FormerLogin> former_login(std::string_view login_key) override {
    return users_.former_login(login_digest(login_key));
  }
  Page<User> users(const UserFilter& filter, PageRequest page) override { return users_.list(filter, page); }
  std::vector<User> users_to_ask_nopass(std::size_t limit) override { return users_.to_ask_nopass(now_, limit); }

  EventLog event_log() override {
    EventLog log = events_.log();
    log.epoch = identity_.epoch;
    return log;
  }
  EventPage events_after(const EventQuery& query) override { return events_.after(query); }
  std::optional<Consumer> consumer(std::string_view name) override { return events_.consumer(name); }
  std::vector<Consumer> consumers() override { return events_.consumers(); }

  std::optional<Question> question(std::string_view id) override { return questions_.find(id); }
  std::optional<Question> question_by_key(const Digest& key) override { return questions_.find_by_key(key); }
  std::size_t open_questions() override { return questions_.count_open(now_); }
  std::vector<Question> questions_to_answer(std::size_t limit) override { return questions_.open(now_, limit); }

  Page<HistoryEntry> history(std::string_view user_id, PageRequest page) override {
    return history_.list(user_id, page);
  }

  std::optional<Hook> hook(std::string_view name) override { return hooks_.find(name); }
  std::vector<Hook> hooks() override { return hooks_.all(); }

  std::optional<ApiClient> client(std::string_view id) override { return access_.find(id); }
  Page<ApiClient> clients(PageRequest page) override { return access_.list(page); }
  std::optional<AccessToken> access_token(const Digest& token) override { return access_.find_token(token); }

  /// Every call from here on is at this time.
  void set_now(TimePoint now) { now_ = now; }

 protected:
  Digest login_digest(std::string_view login_key) const {
    return keyed_digest(identity_.key, SecretKind::login, login_key);
  }

  const Identity& identity_;
  TimePoint now_{};
};

}  // namespace nopassd::storage
