#pragma once
// Registrations. Functions throw as throw_database_error does, and std::logic_error for a change to a registration
// that is not there.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class RegistrationTable {
 public:
  explicit RegistrationTable(Connection& connection) : connection_(connection) {}

  std::optional<Registration> find(std::string_view id);
  std::optional<Registration> find_by_otp(const Digest& otp);
  std::optional<Registration> find_by_ticket(const Digest& ticket);
  Page<Registration> list(const RegistrationFilter& filter, PageRequest page, TimePoint now);
  std::vector<Registration> past_expiry(TimePoint now, std::size_t limit);

  void add(const Registration& registration);
  void update(const Registration& registration);
  /// Removes final ones, the longest ended first; returns how many.
  std::size_t remove_ended(TimePoint before, std::size_t limit);
  /// Wipes what a user's registrations hold of his person.
  void forget_user(std::string_view user_id);
  /// Of registrations that ended and are nobody's.
  void forget_login(std::string_view login_key);

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
