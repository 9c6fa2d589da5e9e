#pragma once
// Sessions as clients see them.
#include "storage/lifecycle.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace nopassd::handlers::site {

struct SessionRead {
  storage::Session session;
  storage::SessionState state;  // what holds when it was read
  std::optional<storage::Picture> picture;
};

SessionRead read_session(storage::Snapshot& snapshot, storage::Session session);

/// No login: ids are what a site needs.
boost::json::object session_view(const SessionRead& read);

}  // namespace nopassd::handlers::site
