#pragma once
// The one way out to hooks.
#include "handlers/site/site.hpp"

namespace nopassd::handlers::site {

/// Calls the hook, if hooks.targets still admits its URL: an operator who takes a target away wants no more calls to
/// it. Otherwise the reply has no status and says so.
asio::awaitable<HookReply> call_hook(const Services& services, HookRequest request);

}  // namespace nopassd::handlers::site
