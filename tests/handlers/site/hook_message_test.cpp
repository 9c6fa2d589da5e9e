#include "handlers/site/hook_message.hpp"

#include "handlers/callback/base64.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {
namespace {

// The vector that the libraries of Standard Webhooks are tested with.
constexpr std::string_view secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

TEST(HookMessage, IsSignedAsStandardWebhooksSays) {
  const auto key = callback::decode_base64(secret).value();
  EXPECT_EQ(hook_secret_text(key), "whsec_" + std::string(secret));
  EXPECT_EQ(hook_signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", R"({"test": 2432232314})"), signature);
}

TEST(HookMessage, CarriesItsSignatureInHeaders) {
  storage::Hook hook;
  hook.url = "http://h/";
  hook.secret = callback::decode_base64(secret).value();
  const storage::TimePoint now{storage::Milliseconds(1614265330999)};
  const auto request = signed_request(hook, {"msg_p5jXN8AQM9LWM0D4loKWxJek", R"({"test": 2432232314})"}, now);
  EXPECT_EQ(request.url, "http://h/");
  EXPECT_EQ(request.body, R"({"test": 2432232314})");
  EXPECT_EQ(request.timeout, storage::Milliseconds(10000));
  const std::vector<std::pair<std::string, std::string>> headers = {{"content-type", "application/json"},
                                                                    {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                                                                    {"webhook-timestamp", "1614265330"},
                                                                    {"webhook-signature", std::string(signature)}};
  EXPECT_EQ(request.headers, headers);
}

TEST(HookMessage, SaysWhyItWasNotTaken) {
  EXPECT_EQ(why_not({0, "", "cannot connect: refused", {}}), "cannot connect: refused");
  EXPECT_EQ(why_not({302, "", "", {}}), "answered 302: redirects are not followed");
  EXPECT_EQ(why_not({410, "", "", {}}), "answered 410: paused until the next PUT");
  EXPECT_EQ(why_not({500, "", "", {}}), "answered 500");
  EXPECT_TRUE(took({204, "", "", {}}));
  EXPECT_FALSE(took({199, "", "", {}}));
  EXPECT_FALSE(took({300, "", "", {}}));
}

}  // namespace
}  // namespace nopassd::handlers::site
