#include "daemon/proxy_protocol.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nopassd::daemon {
namespace {

using State = ProxyHeader::State;
using namespace std::string_literals;

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

TEST(ProxyProtocol, ReadsVersion1) {
  const std::string line = "PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n";
  const auto header = parse_proxy_header(line + "POST / HTTP/1.1\r\n");
  ASSERT_EQ(header.state, State::complete);
  EXPECT_EQ(header.length, line.size());
  EXPECT_EQ(header.source->to_string(), "203.0.113.9");
}

TEST(ProxyProtocol, ReadsVersion1WithIpv6) {
  const auto header = parse_proxy_header("PROXY TCP6 2001:db8::9 2001:db8::1 4711 443\r\n");
  ASSERT_EQ(header.state, State::complete);
  EXPECT_EQ(header.source->to_string(), "2001:db8::9");
}

TEST(ProxyProtocol, ReadsVersion2) {
  const std::string header2 = signature + "\x21\x11\x00\x0c"s + "\xcb\x00\x71\x09\xc0\x00\x02\x01\x12\x67\x01\xbb"s;
  const auto header = parse_proxy_header(header2 + "rest");
  ASSERT_EQ(header.state, State::complete);
  EXPECT_EQ(header.length, header2.size());
  EXPECT_EQ(header.source->to_string(), "203.0.113.9");
}

TEST(ProxyProtocol, SkipsTheExtensionsOfVersion2) {
  const std::string header2 =
      signature + "\x21\x11\x00\x10"s + "\xcb\x00\x71\x09\xc0\x00\x02\x01\x12\x67\x01\xbb"s + "\x04\x00\x01\x00"s;
  const auto header = parse_proxy_header(header2);
  ASSERT_EQ(header.state, State::complete);
  EXPECT_EQ(header.length, header2.size());
}

TEST(ProxyProtocol, LetsThePeerSpeakForItselfWhenTheProxySaysSo) {
  for (const std::string& local : {"PROXY UNKNOWN\r\n"s, "PROXY UNKNOWN ff ff 1 2\r\n"s,
                                   signature + "\x20\x00\x00\x00"s, signature + "\x21\x00\x00\x00"s}) {
    const auto header = parse_proxy_header(local);
    EXPECT_EQ(header.state, State::complete) << local;
    EXPECT_FALSE(header.source);
  }
}

TEST(ProxyProtocol, WaitsForTheRest) {
  const std::string whole = "PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(parse_proxy_header(whole.substr(0, length)).state, State::incomplete) << length;
  }
  const std::string version2 = signature + "\x21\x11\x00\x0c"s + std::string(12, '\1');
  for (std::size_t length = 0; length < version2.size(); ++length) {
    EXPECT_EQ(parse_proxy_header(version2.substr(0, length)).state, State::incomplete) << length;
  }
}

TEST(ProxyProtocol, RefusesWhatIsNone) {
  for (const std::string& wrong :
       {"POST / HTTP/1.1\r\n"s, "PROXY TCP4 203.0.113.9\r\n"s, "PROXY TCP4 nowhere 192.0.2.1 1 2\r\n"s,
        "PROXY TCP4 2001:db8::9 192.0.2.1 1 2\r\n"s, "PROXY TCP4 203.0.113.9 192.0.2.1 1 99999\r\n"s,
        "PROXY UDP4 203.0.113.9 192.0.2.1 1 2\r\n"s, "PROXY "s + std::string(200, 'x'),
        signature + "\x31\x11\x00\x0c"s + std::string(12, '\1'),
        signature + "\x22\x11\x00\x0c"s + std::string(12, '\1'), signature + "\x21\x11\x00\x04"s + std::string(4, '\1'),
        signature + "\x21\x11\xff\xff"s, signature + "\x21\x31\x00\x0c"s + std::string(12, '\1')}) {
    EXPECT_EQ(parse_proxy_header(wrong).state, State::invalid) << wrong;
  }
}

}  // namespace
}  // namespace nopassd::daemon
