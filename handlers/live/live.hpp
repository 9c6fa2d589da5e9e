#pragma once
// The live socket: what a browser may ask with a ticket. docs/site-api.md, "The live socket, for browsers".
#include "handlers/callback/lines.hpp"
#include "handlers/live/guesses.hpp"
#include "handlers/message.hpp"
#include "handlers/metrics.hpp"
#include "handlers/notifications.hpp"
#include "handlers/places.hpp"
#include "handlers/settings.hpp"
#include "handlers/site/site.hpp"
#include "storage/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace nopassd::handlers::live {

/// What every handler works with; all of it outlives the handlers. Thread-safe.
struct Services {
  storage::Store& store;
  Notifications& notifications;
  const Settings& settings;
  Metrics& metrics;
  Guesses& guesses;
  callback::Lines& look_ups;  // so that a flood of guesses does not fill the store's queue
  Places& streams;            // of each ticket: who has one must not take them all
};

/// Streams that may be open with one ticket: a browser has a few tabs.
inline constexpr std::size_t most_streams_of_a_ticket = 16;

using Kind = Metrics::LiveRequest;

/// What a path asks for; the rest of it, the ticket, is nobody's business.
Kind kind_of(std::string_view path, const Settings& settings);

/// True for requests that stream: the connection then watches for the peer to hang up.
bool is_stream(const Request& request, const Settings& settings);

/// Carries out one request of a browser: asset, status, picture or stream; everything else is 404. Never throws for
/// what came from outside.
boost::asio::awaitable<Reply> handle(const Services& services, const Request& request, site::StreamWriter& stream);

}  // namespace nopassd::handlers::live
