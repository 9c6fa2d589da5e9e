#pragma once
// Questions as those see them who may answer: over the socket and by answering hooks.
#include "handlers/site/scopes.hpp"
#include "storage/records.hpp"

#include <boost/json/object.hpp>

namespace nopassd::handlers::site {

/// `{type,id,callback,userId,askedAt,deadline}`
boost::json::object question_head(const storage::Question& question);

/// The same, and the values that the callback brought, each by its scope: login, logins and email by users:email:read,
/// phoneNumber by users:phone:read, count always, the others by users:data:read.
boost::json::object question_view(const storage::Question& question, const Scopes& scopes);

}  // namespace nopassd::handlers::site
