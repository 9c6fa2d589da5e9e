#include "storage/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace nopassd::storage {

namespace {

constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

void fill(std::span<std::uint8_t> bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("no random bytes");
  }
}

/// Evenly from 0 to below - 1. Bytes that would favour the small results are thrown away.
std::size_t pick(const Random& random, std::size_t below) {
  const std::size_t fair = 256 - 256 % below;
  std::array<std::uint8_t, 1> byte{};
  do {
    random(byte);
  } while (byte[0] >= fair);
  return byte[0] % below;
}

}  // namespace

Random system_random() { return fill; }

std::string make_uuid(const Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // the RFC's variant
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex[bytes[i] >> 4];
    text += hex[bytes[i] & 0x0f];
  }
  return text;
}

std::string make_token(const Random& random, std::size_t bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::vector<std::uint8_t> raw(bytes);
  random(raw);
  std::string token;
  token.reserve((bytes * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t byte : raw) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      token += alphabet[(bits >> held) & 0x3f];
    }
  }
  if (held > 0) token += alphabet[(bits << (6 - held)) & 0x3f];
  return token;
}

std::string make_s_code(const Random& random, std::size_t length) {
  if (length < 2) throw std::invalid_argument("an S-code has at least two characters");
  std::string code(length, ' ');
  for (char& character : code) character = letters_and_digits[pick(random, letters_and_digits.size())];
  const std::size_t range = length < 256 ? length : 256;
  const std::size_t capital_at = pick(random, range);
  std::size_t digit_at = pick(random, range - 1);
  if (digit_at >= capital_at) ++digit_at;
  code[capital_at] = capitals[pick(random, capitals.size())];
  code[digit_at] = digits[pick(random, digits.size())];
  return code;
}

}  // namespace nopassd::storage
