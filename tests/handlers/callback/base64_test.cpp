#include "handlers/callback/base64.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace nopassd::handlers::callback {
namespace {

// RFC 4648, section 10.
TEST(Base64, KnowsTheVectorsOfItsRfc) {
  const std::vector<std::pair<const char*, const char*>> vectors = {{"", ""},
                                                                    {"Zg==", "f"},
                                                                    {"Zm8=", "fo"},
                                                                    {"Zm9v", "foo"},
                                                                    {"Zm9vYg==", "foob"},
                                                                    {"Zm9vYmE=", "fooba"},
                                                                    {"Zm9vYmFy", "foobar"}};
  for (const auto& [text, bytes] : vectors) {
    EXPECT_EQ(decode_base64(text), bytes) << text;
    EXPECT_EQ(encode_base64(bytes), text);
  }
  EXPECT_EQ(decode_base64("+/8A"), std::string("\xfb\xff\0", 3));
  EXPECT_EQ(encode_base64(std::string("\xfb\xff\0", 3)), "+/8A");
}

TEST(Base64, RefusesEverySecondSpelling) {
  for (const char* text :
       {"Zg",   "Zg=",  "Zh==", "Zm9=",  "Zm8",      "Zg==\n", "Z g=", "Zm9v ", "Zg==Zg==", "====", "=Zg=",
        "Z===", "Zm-v", "Zm_v", "Zm9v=", "Zm9v====", "Z\0==",  "=",    "==",    "Z",        "Zm=v"}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

}  // namespace
}  // namespace nopassd::handlers::callback
