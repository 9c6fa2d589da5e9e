#include "handlers/callback/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace nopassd::handlers::callback {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t invalid = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(invalid);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr auto values = make_values();

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;

  std::string bytes(text.size() / 4 * 3, '\0');
  std::uint32_t seen = 0;  // of all values: the bits above the sixth are set by an invalid one
  std::uint32_t group = 0;
  for (std::size_t at = 0, out = 0; at < text.size(); at += 4, out += 3) {
    group = 0;
    const std::size_t present = at + 4 < text.size() ? 4 : 4 - padding;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint32_t value = i < present ? values[static_cast<unsigned char>(text[at + i])] : 0;
      seen |= value;
      group = group << 6 | value;
    }
    bytes[out] = static_cast<char>(group >> 16 & 0xFF);
    bytes[out + 1] = static_cast<char>(group >> 8 & 0xFF);
    bytes[out + 2] = static_cast<char>(group & 0xFF);
  }
  if (seen > 0x3F) return std::nullopt;
  // What padding cuts off was not part of any byte; a second spelling of the same bytes is refused.
  if ((group & ((1U << 8 * padding) - 1)) != 0) return std::nullopt;
  bytes.erase(bytes.size() - padding);
  return bytes;
}

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < present ? static_cast<unsigned char>(bytes[at + i]) : 0);
    for (std::size_t i = 0; i < 4; ++i) text += i <= present ? alphabet[group >> (18 - 6 * i) & 0x3F] : '=';
  }
  return text;
}

}  // namespace nopassd::handlers::callback
