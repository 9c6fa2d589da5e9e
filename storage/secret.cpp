#include "storage/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>
#include <string>

namespace nopassd::storage {

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Digest sha256(std::string_view data) {
  Digest digest{};
  unsigned int length = 0;
  if (EVP_Digest(data.data(), data.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1 ||
      length != digest.size()) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return digest;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), digest.data(),
           &length) == nullptr ||
      length != digest.size()) {
    throw std::runtime_error("HMAC-SHA-256 is not available");
  }
  return digest;
}

Digest keyed_digest(std::span<const std::uint8_t> key, SecretKind kind, std::string_view text) {
  std::string message;
  message.reserve(text.size() + 1);
  message += static_cast<char>(kind);
  message += text;
  const Digest digest = hmac_sha256(key, message);
  OPENSSL_cleanse(message.data(), message.size());
  return digest;
}

bool equal_secret(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

bool equal_secret(const Digest& left, const Digest& right) {
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace nopassd::storage
