#pragma once
// Hooks; see hook.hpp. Functions throw as throw_database_error does, and std::logic_error for a change to a hook that
// is not there.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class HookTable {
 public:
  explicit HookTable(Connection& connection) : connection_(connection) {}

  std::optional<Hook> find(std::string_view name);
  std::vector<Hook> all();
  void add(const Hook& hook);
  void update(const Hook& hook);
  void remove(std::string_view name);

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
