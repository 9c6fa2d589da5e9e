#include "tools/nopass-sim/png.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace nopassd::sim {
namespace {

constexpr int side = 96;
constexpr int shape_centre_x = 48;
constexpr int shape_centre_y = 34;
constexpr int radius = 26;
constexpr std::uint8_t background = 0;
constexpr std::uint8_t ink = 1;
constexpr std::uint8_t first_colour = 2;

struct Colour {
  std::string_view name;
  std::array<std::uint8_t, 3> rgb;
};
constexpr std::array<Colour, 6> colours = {{{"red", {200, 30, 40}},
                                            {"green", {20, 140, 60}},
                                            {"blue", {30, 80, 200}},
                                            {"orange", {230, 130, 20}},
                                            {"violet", {130, 50, 160}},
                                            {"brown", {120, 80, 40}}}};
constexpr std::array<std::string_view, 6> shapes = {"circle", "square", "triangle", "diamond", "cross", "ring"};

// Five columns a row, the leftmost in the highest bit; seven rows a digit.
constexpr std::array<std::array<std::uint8_t, 7>, 10> digits = {{{0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e},
                                                                 {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e},
                                                                 {0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f},
                                                                 {0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e},
                                                                 {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02},
                                                                 {0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e},
                                                                 {0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e},
                                                                 {0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
                                                                 {0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e},
                                                                 {0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c}}};

bool inside(unsigned shape, int x, int y) {
  const int across = std::abs(x);
  const int down = std::abs(y);
  const int distance = x * x + y * y;
  switch (shape) {
    case 0:
      return distance <= radius * radius;
    case 1:
      return across <= radius - 4 && down <= radius - 4;
    case 2:
      return down <= radius && 2 * across <= y + radius;
    case 3:
      return across + down <= radius;
    case 4:
      return (across <= 8 && down <= radius) || (down <= 8 && across <= radius);
    default:
      return distance <= radius * radius && distance >= 14 * 14;
  }
}

bool code_pixel(unsigned code, int x, int y) {
  constexpr int scale = 3;
  constexpr int left = 21;
  constexpr int top = 68;
  constexpr int advance = 6 * scale;
  if (x < left || y < top || x >= left + 3 * advance || y >= top + 7 * scale) return false;
  const int place = (x - left) / advance;
  const int column = (x - left) % advance / scale;
  if (column > 4) return false;
  const unsigned digit = (place == 0 ? code / 100 : place == 1 ? code / 10 : code) % 10;
  const std::uint8_t row = digits.at(digit).at(static_cast<std::size_t>((y - top) / scale));
  return ((row >> (4 - column)) & 1) != 0;
}

std::string draw(const Drawing& drawing) {
  const unsigned shape = drawing.shape % static_cast<unsigned>(shapes.size());
  const auto colour = static_cast<char>(first_colour + drawing.colour % colours.size());
  std::string rows;
  for (int y = 0; y < side; ++y) {
    rows.push_back('\0');  // filter type "none", once a row
    for (int x = 0; x < side; ++x) {
      const bool coloured = inside(shape, x - shape_centre_x, y - shape_centre_y);
      const bool written = code_pixel(drawing.code, x, y);
      rows.push_back(written ? static_cast<char>(ink) : coloured ? colour : static_cast<char>(background));
    }
  }
  return rows;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>((value >> shift) & 0xff));
  return bytes;
}

std::uint32_t adler32(std::string_view data) {
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char c : data) {
    low = (low + static_cast<unsigned char>(c)) % 65521;
    high = (high + low) % 65521;
  }
  return (high << 16) | low;
}

// Beast deflates without a wrapper; PNG wants the one of RFC 1950.
std::string zlib_pack(std::string_view data) {
  boost::beast::zlib::deflate_stream deflate;
  std::string packed(deflate.upper_bound(data.size()) + 64, '\0');
  boost::beast::zlib::z_params params;
  params.next_in = data.data();
  params.avail_in = data.size();
  params.next_out = packed.data();
  params.avail_out = packed.size();
  boost::beast::error_code code;
  deflate.write(params, boost::beast::zlib::Flush::finish, code);
  if (code != boost::beast::zlib::error::end_of_stream) throw std::runtime_error("deflate: " + code.message());
  packed.resize(params.total_out);
  return std::string("\x78\x9c", 2) + packed + big_endian(adler32(data));
}

std::string chunk(std::string_view type, std::string_view data) {
  std::string body = std::string(type) + std::string(data);
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(crc.checksum());
}

std::string palette() {
  std::string bytes("\xf4\xf4\xee\x20\x20\x20", 6);
  for (const Colour& colour : colours) {
    for (const std::uint8_t part : colour.rgb) bytes.push_back(static_cast<char>(part));
  }
  return bytes;
}

}  // namespace

std::string describe(const Drawing& drawing) {
  return fmt::format("{} {} {:03}", colours.at(drawing.colour % colours.size()).name,
                     shapes.at(drawing.shape % shapes.size()), drawing.code % 1000);
}

std::string make_png(const Drawing& drawing) {
  const std::string header = big_endian(side) + big_endian(side) + std::string("\x08\x03\x00\x00\x00", 5);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("PLTE", palette()) +
         chunk("IDAT", zlib_pack(draw(drawing))) + chunk("IEND", "");
}

}  // namespace nopassd::sim
