#include "handlers/callback/picture.hpp"

#include "handlers/callback/base64.hpp"

#include <boost/crc.hpp>

namespace nopassd::handlers::callback {

namespace {

// PNG, third edition: 5.2 signature, 5.3 chunk layout, 11.2.1 IHDR.
constexpr std::string_view signature("\x89PNG\r\n\x1a\n", 8);
constexpr std::string_view header_start("\0\0\0\rIHDR", 8);
constexpr std::size_t header_data = 13;
constexpr std::size_t header_end = 8 + 4 + 4 + header_data + 4;
constexpr std::string_view data_url = "data:image/png;base64,";

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

bool is_side(std::uint32_t side) { return side >= 1 && side <= longest_picture_side; }

bool is_png8(std::string_view png) {
  if (png.size() < header_end || png.size() > most_picture_bytes) return false;
  if (!png.starts_with(signature) || png.substr(signature.size(), header_start.size()) != header_start) return false;
  boost::crc_32_type crc;
  crc.process_bytes(png.data() + 12, 4 + header_data);
  if (crc.checksum() != number_at(png, 29)) return false;
  const bool eight_bit_palette = png[24] == 8 && png[25] == 3;
  return is_side(number_at(png, 16)) && is_side(number_at(png, 20)) && eight_bit_palette;
}

}  // namespace

std::optional<std::string> decode_picture(std::string_view text) {
  if (text.starts_with(data_url)) text.remove_prefix(data_url.size());
  auto png = decode_base64(text);
  if (!png || !is_png8(*png)) return std::nullopt;
  return png;
}

}  // namespace nopassd::handlers::callback
