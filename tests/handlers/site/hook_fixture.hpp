#pragma once
// Hooks of a store, delivered to a fake site.
#include "handlers/site/hook_delivery.hpp"
#include "storage/hook.hpp"
#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class HookTest : public SiteTest {
 protected:
  static constexpr storage::Milliseconds keep{std::chrono::hours(24 * 30)};

  HookTest() {
    settings.hook_targets = {"https://shop.example"};
    random = [](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), std::uint8_t{0x80}); };
    make_hook();
  }

  void make_hook(std::string more = "", std::string name = "shop") {
    const std::string body = R"({"url":"https://shop.example/nopass")" + more + "}";
    const auto reply = put("/v1/hooks/" + name, body);
    EXPECT_LE(reply.status, 201U) << reply.body;
  }
  site::HookTurn turn(std::string name = "shop") {
    site::HookDelivery delivery(services(), std::move(name), keep);
    return run_on(io, delivery.next());
  }
  storage::Hook hook(std::string name = "shop") {
    return transact([name](storage::Transaction& transaction) { return transaction.hook(name).value(); });
  }
  storage::Consumer consumer(std::string name = "shop") {
    return transact([name](storage::Transaction& transaction) {
      return transaction.consumer(storage::hook_consumer(name)).value();
    });
  }
  /// The types of the whole log.
  std::vector<std::string> logged() {
    std::vector<std::string> types;
    const auto events = body_of(get("/v1/events")).at("data").as_array();
    for (const auto& event : events) types.push_back(text_of(event.as_object(), "type"));
    return types;
  }
};

}  // namespace nopassd::testing
