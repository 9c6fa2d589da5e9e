#pragma once
// GET …/t/{ticket}/events: a ticket's life as Server-Sent Events.
#include "handlers/live/live.hpp"
#include "handlers/live/shown.hpp"

namespace nopassd::handlers::live {

/// Streams until nothing follows, the ticket is redeemed, the peer is gone or the daemon stops. `head` has the headers;
/// `first` is what the ticket showed when it was looked up.
boost::asio::awaitable<Reply> stream_ticket(const Services& services, storage::Digest ticket, Shown first, Reply head,
                                            site::StreamWriter& stream);

}  // namespace nopassd::handlers::live
