#pragma once
// The one portal and the wrong adminIds of the present window. Functions throw as throw_database_error does.
#include "storage/records.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class PortalTable {
 public:
  explicit PortalTable(Connection& connection) : connection_(connection) {}

  /// An unregistered one when none was saved yet.
  Portal load();
  void save(const Portal& portal);
  int failed_challenges(std::string_view caller);
  int count_failed_challenge(std::string_view caller);
  void clear_failed_challenges();

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
