#pragma once
// Whether the NoPass server can be reached: a TCP connection is made and closed, nothing is sent.
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>

namespace nopassd::daemon {

/// Why nobody answers at this URL (scheme, host, any port) within the time; empty when somebody does. Expects an
/// executor that runs on one thread.
boost::asio::awaitable<std::string> probe(std::string url, std::chrono::milliseconds patience);

}  // namespace nopassd::daemon
