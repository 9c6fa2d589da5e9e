#pragma once
// Users, tombstones and former logins. Functions throw as throw_database_error does, and std::logic_error for a change
// to a user who is not there. `login_digest` is the keyed digest of a login's key.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class UserTable {
 public:
  explicit UserTable(Connection& connection) : connection_(connection) {}

  std::optional<User> find(std::string_view id);
  std::optional<User> find_by_login(std::string_view login_key);
  std::optional<User> find_by_external_id(std::string_view external_id);
  std::optional<User> find_deleted(const Digest& login_digest);
  Page<User> list(const UserFilter& filter, PageRequest page);
  std::vector<User> to_erase(TimePoint now, Milliseconds longest_question, std::size_t limit);
  std::vector<User> to_ask_nopass(TimePoint now, std::size_t limit);

  /// An active user's digest is not kept.
  void add(const User& user, const Digest& login_digest);
  void update(const User& user, const Digest& login_digest);
  /// Leaves the tombstone of an existing user.
  void erase(std::string_view id, const Digest& login_digest, TimePoint now);

  std::optional<FormerLogin> former_login(const Digest& login_digest);
  void remember_former_login(const Digest& login_digest, const FormerLogin& former);

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
