#pragma once
// Outcomes in the shape that a caller expects: callbacks.md, "Reply.".
#include "handlers/callback/callback_table.hpp"

namespace nopassd::handlers::callback {

/// `callback` is null for a request that is none of the eleven; `accept` is the request's header.
Reply make_reply(const Settings& settings, const Callback* callback, std::string_view accept, Outcome outcome);

}  // namespace nopassd::handlers::callback
