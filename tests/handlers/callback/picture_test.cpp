#include "handlers/callback/picture.hpp"

#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

constexpr char palette = 3;

bool accepted(const std::string& bytes) { return decode_picture(base64(bytes)).has_value(); }

TEST(Picture, IsAPngWithAPalette) {
  const std::string bytes = png(120, 90, 8, palette);
  EXPECT_EQ(decode_picture(base64(bytes)), bytes);
  EXPECT_EQ(decode_picture("data:image/png;base64," + base64(bytes)), bytes);
}

TEST(Picture, IsNothingElse) {
  EXPECT_FALSE(accepted(""));
  EXPECT_FALSE(accepted("GIF89a"));
  EXPECT_FALSE(accepted(png(9, 9, 8, palette).substr(0, 32)));
  EXPECT_FALSE(accepted(png(9, 9, 8, 2)));
  EXPECT_FALSE(accepted(png(9, 9, 8, 6)));
  EXPECT_FALSE(accepted(png(9, 9, 4, palette)));
  EXPECT_FALSE(accepted(png(9, 9, 16, palette)));
  EXPECT_FALSE(decode_picture("data:image/gif;base64," + base64(png(9, 9, 8, palette))));
  EXPECT_FALSE(decode_picture(base64(png(9, 9, 8, palette)) + "\n"));
}

TEST(Picture, HasSidesOf1To1024) {
  EXPECT_TRUE(accepted(png(1, 1, 8, palette)));
  EXPECT_TRUE(accepted(png(1024, 1024, 8, palette)));
  EXPECT_FALSE(accepted(png(0, 9, 8, palette)));
  EXPECT_FALSE(accepted(png(9, 0, 8, palette)));
  EXPECT_FALSE(accepted(png(1025, 9, 8, palette)));
  EXPECT_FALSE(accepted(png(9, 1025, 8, palette)));
  EXPECT_FALSE(accepted(png(0xFFFFFFFF, 9, 8, palette)));
}

TEST(Picture, HasAtMost64KiB) {
  const std::size_t header = png(9, 9, 8, palette, "").size();
  EXPECT_TRUE(accepted(png(9, 9, 8, palette, std::string(65536 - header, 'x'))));
  EXPECT_FALSE(accepted(png(9, 9, 8, palette, std::string(65537 - header, 'x'))));
}

TEST(Picture, IsRefusedWithAnyBitOfItsHeaderWrong) {
  const std::string good = png(120, 90, 8, palette);
  for (std::size_t i = 0; i < 33; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(accepted(bad)) << "byte " << i;
  }
}

}  // namespace
}  // namespace nopassd::handlers::callback
