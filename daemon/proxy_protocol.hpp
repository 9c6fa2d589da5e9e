#pragma once
// The PROXY protocol, versions 1 and 2, as a receiver (haproxy's proxy-protocol.txt, sections 2.1 and 2.2).
#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>

namespace nopassd::daemon {

struct ProxyHeader {
  enum class State { incomplete, invalid, complete };
  State state = State::incomplete;
  std::size_t length = 0;                          // bytes to drop from the front when complete
  std::optional<boost::asio::ip::address> source;  // none: LOCAL or UNKNOWN, the peer speaks for itself
};

/// The longest header that is accepted: 16 bytes and 536 of addresses and TLVs, as the specification advises receivers.
inline constexpr std::size_t max_proxy_header = 552;

/// Looks at the first bytes of a connection.
ProxyHeader parse_proxy_header(std::string_view bytes);

}  // namespace nopassd::daemon
