#pragma once
// Clients with a secret, and their tokens; see access.hpp. Functions throw as throw_database_error does, and
// std::logic_error for a change to a client that is not there.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class AccessTable {
 public:
  explicit AccessTable(Connection& connection) : connection_(connection) {}

  std::optional<ApiClient> find(std::string_view id);
  Page<ApiClient> list(PageRequest page);
  void add(const ApiClient& client);
  void update(const ApiClient& client);
  /// With its tokens.
  void remove(std::string_view id);

  std::optional<AccessToken> find_token(const Digest& token);
  void add_token(const AccessToken& token);
  void remove_tokens(std::string_view client_id);
  std::size_t remove_expired_tokens(TimePoint now, std::size_t limit);

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
