#include "storage/secret.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nopassd::storage {
namespace {

std::string hex(const Digest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST(Sha256, KnowsThePublishedVector) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test case 2.
TEST(HmacSha256, KnowsThePublishedVector) {
  const std::string key = "Jefe";
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(key.data()), key.size());
  EXPECT_EQ(hex(hmac_sha256(bytes, "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(KeyedDigest, IsHmacOfKindAndText) {
  const std::string key = "key";
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(key.data()), key.size());
  // HMAC-SHA-256("key", "\x00" "text"), by another program.
  EXPECT_EQ(hex(keyed_digest(bytes, SecretKind::auth_id, "text")),
            "3a1a627ea288a0e04a376ff76e289487774eefb8eb7534b23bb2c603b43a636c");
}

TEST(KeyedDigest, DependsOnKeyKindAndText) {
  const std::vector<std::uint8_t> key(32, 1);
  const std::vector<std::uint8_t> other(32, 2);
  const Digest digest = keyed_digest(key, SecretKind::ticket, "text");
  EXPECT_TRUE(equal_secret(digest, keyed_digest(key, SecretKind::ticket, "text")));
  EXPECT_FALSE(equal_secret(digest, keyed_digest(other, SecretKind::ticket, "text")));
  EXPECT_FALSE(equal_secret(digest, keyed_digest(key, SecretKind::binding, "text")));
  EXPECT_FALSE(equal_secret(digest, keyed_digest(key, SecretKind::ticket, "texT")));
}

TEST(EqualSecret, ComparesWholeTexts) {
  EXPECT_TRUE(equal_secret("", ""));
  EXPECT_TRUE(equal_secret("secret", "secret"));
  EXPECT_FALSE(equal_secret("secret", "secreT"));
  EXPECT_FALSE(equal_secret("secret", "secret2"));
  EXPECT_FALSE(equal_secret("secret", ""));
}

}  // namespace
}  // namespace nopassd::storage
