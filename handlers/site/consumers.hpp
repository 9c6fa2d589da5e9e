#pragma once
// Durable consumers of the event log: what their endpoints share. docs/site-api.md, "Durable consumers".
#include "handlers/site/call.hpp"
#include "storage/transaction.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

/// last_seen is written down when it is older than this, or when something else is written anyway: a minute, and a
/// small part of the time after which an unseen consumer is retired.
inline storage::Milliseconds seen_step(const Settings& settings) {
  return std::min(storage::Milliseconds(std::chrono::minutes(1)), settings.consumer_timeout / 4);
}

/// `[a-z0-9._-]{1,64}`
bool is_consumer_name(std::string_view name);

struct ConsumerRead {
  storage::Consumer consumer;
  storage::EventLog log;
  std::int64_t lag = 0;
};

/// The consumer, for its owner alone: 404 when there is none or it is a hook's, 403 when somebody else made it.
Outcome<ConsumerRead> find_consumer(storage::Snapshot& snapshot, std::string_view name, std::string_view principal);
/// The same, and 410 when it is retired.
Outcome<ConsumerRead> find_live_consumer(storage::Snapshot& snapshot, std::string_view name,
                                         std::string_view principal);

boost::json::object consumer_view(const ConsumerRead& read);

/// The full names of types that a consumer stores.
boost::json::array full_type_names(const std::vector<std::string>& types);
/// The body's `types`, without "nopass."; empty for all, and when faulty.
std::vector<std::string> types_member(Call& call);

}  // namespace nopassd::handlers::site
