#pragma once
// Digests of secrets, and comparisons that take the same time wherever two values differ.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace nopassd::storage {

using Digest = std::array<std::uint8_t, 32>;

/// What a keyed digest is of; the kind is part of what is hashed, so that a ticket never equals a binding.
enum class SecretKind : std::uint8_t {
  auth_id,
  otp,
  ticket,
  binding,
  login,
  request,
  client_secret,
  access_token,
  client_ip
};

Digest sha256(std::string_view data);
Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text);

/// HMAC-SHA-256 of kind and text.
Digest keyed_digest(std::span<const std::uint8_t> key, SecretKind kind, std::string_view text);

/// Constant time in the content; lengths are not secret.
bool equal_secret(std::string_view left, std::string_view right);
bool equal_secret(const Digest& left, const Digest& right);

}  // namespace nopassd::storage
