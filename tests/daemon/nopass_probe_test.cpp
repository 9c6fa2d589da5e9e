#include "daemon/nopass_probe.hpp"

#include "tests/storage/run_on.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::daemon {
namespace {

using boost::asio::ip::tcp;
using ::testing::HasSubstr;

class Probe : public ::testing::Test {
 protected:
  std::string look(std::string where, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
    return testing::run_on(io, probe(std::move(where), patience));
  }
  boost::asio::io_context io;
  tcp::acceptor acceptor{io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  std::string url = fmt::format("http://127.0.0.1:{}", acceptor.local_endpoint().port());
};

TEST_F(Probe, FindsWhoeverListens) {
  EXPECT_EQ(look(url), "");
  EXPECT_EQ(look(fmt::format("http://localhost:{}", acceptor.local_endpoint().port())), "");
}

TEST_F(Probe, SaysThatNobodyListens) {
  acceptor.close();
  EXPECT_THAT(look(url), HasSubstr("Connection refused"));
}

TEST_F(Probe, SaysThatANameIsNotKnown) { EXPECT_THAT(look("https://nobody.invalid"), HasSubstr("nobody.invalid")); }

TEST_F(Probe, GivesUpWhenItsTimeIsOver) { EXPECT_EQ(look(url, std::chrono::milliseconds(0)), "no answer within 0 s"); }

}  // namespace
}  // namespace nopassd::daemon
