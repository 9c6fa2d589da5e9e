#pragma once
// Clients with a secret of their own: what their endpoints and their tokens share. docs/site-api.md, "Who you are".
#include "handlers/site/call.hpp"
#include "storage/transaction.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

/// Who a client's token stands for: owns consumers, is counted by Quotas and named in the log and in histories.
inline std::string principal_of(std::string_view client_id) { return "client:" + std::string(client_id); }

/// Names that this version does not know are left out.
Scopes scopes_named(const std::vector<std::string>& names);
/// In the order of scope_names.
std::vector<std::string> names_of(const Scopes& scopes);

/// Without its secret, which nobody has.
boost::json::object client_view(const storage::ApiClient& client);

/// The client of a path's {id}; 404.
Outcome<storage::ApiClient> find_client(storage::Snapshot& snapshot, const std::optional<std::string>& id);

}  // namespace nopassd::handlers::site
