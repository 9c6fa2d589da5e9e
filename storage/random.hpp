#pragma once
// Randomness comes in as an argument, so that a test can fix it. Thread-safe when the source is; system_random() is.
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace nopassd::storage {

/// Fills the whole span with unpredictable bytes or throws std::runtime_error.
using Random = std::function<void(std::span<std::uint8_t>)>;

Random system_random();

/// A UUID version 4 in its usual 36 lower-case characters.
std::string make_uuid(const Random& random);

/// `bytes` random bytes as unpadded base64url: 32 bytes make 43 characters.
std::string make_token(const Random& random, std::size_t bytes = 32);

/// `length` characters of A-Z a-z 0-9, at least one of them a capital and one a digit. `length` is at least 2.
std::string make_s_code(const Random& random, std::size_t length = 32);

}  // namespace nopassd::storage
