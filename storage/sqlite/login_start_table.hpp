#pragma once
// Logins that were begun; see login_start.hpp. Functions throw as throw_database_error does.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class LoginStartTable {
 public:
  explicit LoginStartTable(Connection& connection) : connection_(connection) {}

  /// What a crash left under way ends by itself, a little after the longest call to NoPass.
  LoginStarts count(std::string_view user_id, const Digest& client, TimePoint since, TimePoint now);
  void add(const LoginStart& start);
  void end(std::string_view id);
  std::size_t remove(TimePoint before, std::size_t limit);

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
