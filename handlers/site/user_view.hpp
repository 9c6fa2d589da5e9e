#pragma once
// Users as clients see them: ids and state, and each field by its scope.
#include "handlers/site/scopes.hpp"
#include "storage/user.hpp"

#include <boost/json/object.hpp>

namespace nopassd::handlers::site {

/// Of a user who is not active no more than the ids and the state.
boost::json::object user_view(const storage::User& user, const Scopes& scopes);

}  // namespace nopassd::handlers::site
