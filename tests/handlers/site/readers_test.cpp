#include "handlers/site/readers.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {

TEST(Readers, GiveOnePlaceAConsumer) {
  Readers readers;
  const auto first = readers.take("mail");
  const auto second = readers.take("mail");
  const auto other = readers.take("audit");
  EXPECT_TRUE(static_cast<bool>(first));
  EXPECT_FALSE(static_cast<bool>(second));
  EXPECT_TRUE(static_cast<bool>(other));
}

TEST(Readers, TakeAPlaceBackWhenItIsDestroyed) {
  Readers readers;
  { const auto place = readers.take("mail"); }
  EXPECT_TRUE(static_cast<bool>(readers.take("mail")));
}

TEST(Readers, KeepThePlaceWhenARefusedOneIsDestroyed) {
  Readers readers;
  const auto place = readers.take("mail");
  { const auto refused = readers.take("mail"); }
  EXPECT_FALSE(static_cast<bool>(readers.take("mail")));
}

TEST(Readers, HandAPlaceOn) {
  Readers readers;
  {
    auto place = readers.take("mail");
    const auto moved = std::move(place);
    EXPECT_TRUE(static_cast<bool>(moved));
    EXPECT_FALSE(static_cast<bool>(readers.take("mail")));
  }
  EXPECT_TRUE(static_cast<bool>(readers.take("mail")));
}

}  // namespace nopassd::handlers::site
