#include "daemon/in_force.hpp"

#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;

std::shared_ptr<const InForce> after(const InForce& before, const std::string& text, std::vector<std::string> changed) {
  return make_in_force(config_of(text), before, changed);
}

TEST(InForceConfig, KeepsWhatTheChangeDoesNotConcern) {
  const auto before = make_in_force(config_of(""));
  EXPECT_EQ(before->tls, nullptr);
  const auto next = after(*before, "[policy]\ntimeout = \"9s\"\n", {"policy.timeout"});
  EXPECT_EQ(next->gate, before->gate) << "what strangers have used of their rate is still known";
  EXPECT_EQ(next->config.handlers.question_timeout, Milliseconds(9000));
  EXPECT_EQ(before->config.handlers.question_timeout, Milliseconds(5000)) << "for requests that have it";
}

TEST(InForceConfig, JudgesCallersAnew) {
  const auto before = make_in_force(config_of(""));
  const auto next = after(*before, "[callers]\nallow = [\"192.0.2.1\"]\n", {"callers.allow"});
  const auto stranger = boost::asio::ip::make_address("192.0.2.1");
  EXPECT_TRUE(next->gate->judge(stranger, {}, false).admitted);
  EXPECT_FALSE(before->gate->judge(stranger, {}, false).admitted);
}

TEST(InForceConfig, GrantsClientsAnew) {
  const auto before = make_in_force(config_of(""));
  const auto next = after(*before, "[[site.client]]\nuid = 4242\nscopes = [\"admin\"]\n", {"site.client"});
  EXPECT_FALSE(before->peers->judge({4242, 4242, {}}).known);
  EXPECT_TRUE(next->peers->judge({4242, 4242, {}}).known);
}

TEST(InForceConfig, IsHeldByWhoeverTookItWhenAnotherComes) {
  ConfigHolder holder(make_in_force(config_of("[daemon]\nname = \"east\"\n")));
  const auto taken = holder.get();
  holder.set(after(*taken, "[daemon]\nname = \"west\"\n", {"daemon.name"}));
  EXPECT_EQ(taken->config.name, "east");
  EXPECT_EQ(holder.get()->config.name, "west");
}

}  // namespace
}  // namespace nopassd::daemon
