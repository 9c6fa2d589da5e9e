#include "handlers/callback/patience.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace nopassd::handlers::callback {
namespace {

TEST(Patience, HasSixteenPlacesForOneCaller) {
  Patience patience;
  std::vector<Patience::Place> places;
  for (int i = 0; i < 16; ++i) places.push_back(patience.take("a"));
  for (const auto& place : places) EXPECT_TRUE(static_cast<bool>(place));
  EXPECT_FALSE(static_cast<bool>(patience.take("a")));
  EXPECT_TRUE(static_cast<bool>(patience.take("b")));
}

TEST(Patience, Has256PlacesForAll) {
  Patience patience;
  std::vector<Patience::Place> places;
  for (int i = 0; i < 256; ++i) places.push_back(patience.take("caller " + std::to_string(i)));
  for (const auto& place : places) EXPECT_TRUE(static_cast<bool>(place));
  EXPECT_FALSE(static_cast<bool>(patience.take("one more")));
  places.pop_back();
  EXPECT_TRUE(static_cast<bool>(patience.take("one more")));
}

TEST(Patience, GetsEachPlaceBackOnce) {
  Patience patience;
  for (int round = 0; round < 3; ++round) {
    std::vector<Patience::Place> places;
    for (int i = 0; i < 16; ++i) places.push_back(patience.take("a"));
    Patience::Place moved = std::move(places.back());
    EXPECT_TRUE(static_cast<bool>(moved));
    EXPECT_FALSE(static_cast<bool>(places.back()));
    places.pop_back();
    EXPECT_FALSE(static_cast<bool>(patience.take("a")));
  }
  EXPECT_TRUE(static_cast<bool>(patience.take("a")));
}

}  // namespace
}  // namespace nopassd::handlers::callback
