// docs/protocol.md, "Who may call".
#include "daemon/caller_gate.hpp"

#include <gtest/gtest.h>

namespace nopassd::daemon {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::make_network_v4;
using boost::asio::ip::make_network_v6;
using Lines = std::vector<std::string_view>;

CallersConfig callers() {
  CallersConfig config;
  config.allow = {make_network_v4("203.0.113.0/24"), make_network_v6("2001:db8::/32")};
  config.trusted_proxies = {make_network_v4("127.0.0.0/8"), make_network_v4("10.0.0.1/32")};
  return config;
}

struct Case {
  std::string_view what;
  std::string_view peer;
  Lines forwarded;
  bool admitted;
  std::string_view caller;
};

class WhoCalls : public testing::TestWithParam<Case> {};

TEST_P(WhoCalls, IsJudgedByTheRightmostUntrustedAddress) {
  const auto& expected = GetParam();
  CallerGate gate(callers());
  const auto verdict = gate.judge(make_address(expected.peer), expected.forwarded, false);
  EXPECT_EQ(verdict.admitted, expected.admitted) << expected.what;
  EXPECT_EQ(verdict.caller, expected.caller) << expected.what;
  EXPECT_TRUE(verdict.in_time);
}

const Case cases[] = {
    {"an allowed peer", "203.0.113.9", {}, true, "203.0.113.9"},
    {"an allowed IPv6 peer", "2001:db8::1", {}, true, "2001:db8::1"},
    {"another peer", "198.51.100.1", {}, false, "198.51.100.1"},
    {"a proxy by itself is not allowed", "127.0.0.1", {}, false, "127.0.0.1"},
    {"behind a proxy", "127.0.0.1", {"203.0.113.9"}, true, "203.0.113.9"},
    {"what the client claimed itself stands to the left",
     "127.0.0.1",
     {"203.0.113.9, 198.51.100.1"},
     false,
     "198.51.100.1"},
    {"behind two proxies", "127.0.0.1", {"203.0.113.9, 10.0.0.1"}, true, "203.0.113.9"},
    {"several lines are one list", "127.0.0.1", {"198.51.100.1", "203.0.113.9"}, true, "203.0.113.9"},
    {"all trusted: the leftmost", "127.0.0.1", {"10.0.0.1, 127.0.0.2"}, false, "10.0.0.1"},
    {"an entry that is no address", "127.0.0.1", {"unknown, 203.0.113.9"}, false, "127.0.0.1"},
    {"an empty entry", "127.0.0.1", {"203.0.113.9,"}, false, "127.0.0.1"},
    {"an empty header", "127.0.0.1", {""}, false, "127.0.0.1"},
    {"an address with a port", "127.0.0.1", {"203.0.113.9:4711"}, false, "127.0.0.1"},
    {"the header from an allowed caller who is no proxy", "203.0.113.9", {"203.0.113.8"}, false, "203.0.113.9"},
    {"an IPv4-mapped address is the IPv4 address", "127.0.0.1", {"::ffff:203.0.113.9"}, true, "203.0.113.9"},
};

INSTANTIATE_TEST_SUITE_P(ForwardedFor, WhoCalls, testing::ValuesIn(cases));

TEST(CallerGate, TakesAMappedPeerForTheAddressThatItStandsFor) {
  CallerGate gate(callers());
  EXPECT_TRUE(gate.judge(plain_address(make_address("::ffff:203.0.113.9")), {}, false).admitted);
}

TEST(CallerGate, IgnoresForwardedForWhenAProxyHeaderNamedTheSource) {
  CallerGate gate(callers());
  const auto verdict = gate.judge(make_address("198.51.100.1"), {"203.0.113.9"}, true);
  EXPECT_FALSE(verdict.admitted);
  EXPECT_EQ(verdict.caller, "198.51.100.1");
}

TEST(CallerGate, LimitsOnlyThoseThatAnybodyAloneAdmits) {
  auto config = callers();
  config.anybody = true;
  config.requests_per_second = 1;
  config.burst = 3;
  CallerGate gate(config);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(gate.judge(make_address("198.51.100.1"), {}, false).in_time);
  const auto fourth = gate.judge(make_address("198.51.100.1"), {}, false);
  EXPECT_TRUE(fourth.admitted);
  EXPECT_FALSE(fourth.in_time);
  EXPECT_TRUE(gate.judge(make_address("198.51.100.2"), {}, false).in_time);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(gate.judge(make_address("203.0.113.9"), {}, false).in_time);
}

TEST(CallerGate, CountsAnIpv6NetworkOf64BitsAsOneCaller) {
  EXPECT_EQ(counting_key(make_address("2001:db8:1:2::1")), counting_key(make_address("2001:db8:1:2:ffff::9")));
  EXPECT_NE(counting_key(make_address("2001:db8:1:2::1")), counting_key(make_address("2001:db8:1:3::1")));
  EXPECT_NE(counting_key(make_address("192.0.2.1")), counting_key(make_address("192.0.2.2")));
}

TEST(CallerGate, KnowsStrangers) {
  CallerGate gate(callers());
  EXPECT_TRUE(gate.is_stranger(make_address("198.51.100.1")));
  EXPECT_FALSE(gate.is_stranger(make_address("127.0.0.1")));
  EXPECT_FALSE(gate.is_stranger(make_address("203.0.113.1")));
}

TEST(RateLimiter, RefillsWithTimeUpToTheBurst) {
  RateLimiter limiter(2, 4);
  const auto start = RateLimiter::Moment::clock::now();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(limiter.admit("a", start));
  EXPECT_FALSE(limiter.admit("a", start));
  EXPECT_TRUE(limiter.admit("a", start + std::chrono::milliseconds(500)));
  EXPECT_FALSE(limiter.admit("a", start + std::chrono::milliseconds(500)));
  const auto later = start + std::chrono::hours(1);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(limiter.admit("a", later));
  EXPECT_FALSE(limiter.admit("a", later));
}

TEST(RateLimiter, RemembersABucketAcrossOneGeneration) {
  RateLimiter limiter(1, 1, 2);
  const auto now = RateLimiter::Moment::clock::now();
  EXPECT_TRUE(limiter.admit("a", now));
  EXPECT_TRUE(limiter.admit("b", now));
  EXPECT_TRUE(limiter.admit("c", now));
  EXPECT_FALSE(limiter.admit("a", now));
}

TEST(RateLimiter, ForgetsWhatItHasNotSeenForTwoGenerations) {
  RateLimiter limiter(1, 1, 2);
  const auto now = RateLimiter::Moment::clock::now();
  EXPECT_TRUE(limiter.admit("a", now));
  for (const char* other : {"b", "c", "d", "e", "f"}) EXPECT_TRUE(limiter.admit(other, now));
  EXPECT_TRUE(limiter.admit("a", now));
}

}  // namespace
}  // namespace nopassd::daemon
