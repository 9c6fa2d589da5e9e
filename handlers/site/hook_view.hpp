#pragma once
// Hooks as the endpoints find and show them.
#include "handlers/site/problem.hpp"
#include "storage/transaction.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace nopassd::handlers::site {

/// A hook with the consumer that keeps its position.
struct HookRead {
  storage::Hook hook;
  storage::Consumer consumer;
  storage::EventLog log;
  std::int64_t lag = 0;
};

/// 404 when there is none.
Outcome<HookRead> find_hook(storage::Snapshot& snapshot, std::string_view name);

/// Without the secret.
boost::json::object hook_view(const HookRead& read);

}  // namespace nopassd::handlers::site
