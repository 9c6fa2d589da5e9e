#pragma once
// Users whom the site has deleted, and whom NoPass is to delete, too: it is asked until it agrees. callbacks.md, "What
// the daemon calls"; docs/decisions/010-outgoing-calls.md.
#include "handlers/site/site.hpp"

#include <functional>
#include <string_view>

namespace nopassd::handlers::site {

/// How long after the n-th failed question (n from 1) the next one comes: 2 s, doubling to an hour.
storage::Milliseconds pause_before_question(std::int64_t asked);

/// Asks about those whose time it is, one after the other; `complain` gets what NoPass did not agree to. Without
/// nopass.delete_user_path there is nothing to ask, and nobody is kept for it.
asio::awaitable<void> ask_for_deletions(const Services& services, std::function<void(std::string_view)> complain);

}  // namespace nopassd::handlers::site
