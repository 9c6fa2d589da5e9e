#include "handlers/site/cursor.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {

TEST(Cursor, IsEpochAndSequence) {
  const auto cursor = parse_cursor("7f3a.42");
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->epoch, "7f3a");
  EXPECT_EQ(cursor->sequence, 42);
  EXPECT_EQ(cursor_text("7f3a", 42), "7f3a.42");
  EXPECT_TRUE(parse_cursor("7f3a.0"));
}

TEST(Cursor, IsNothingElse) {
  for (const char* text : {"", ".", "7f3a", "7f3a.", ".42", "7f3a.-1", "7f3a.042", "7F3A.42", "xyz.1", "7f3a.1.2",
                           "7f3a.99999999999999999999", "7f3a. 1", "7f3a.1 "}) {
    EXPECT_FALSE(parse_cursor(text)) << text;
  }
}

TEST(Cursor, IsKeptBetweenWhatWasSweptAndWhatIsLast) {
  const storage::EventLog log{"ab", 10, 20};
  EXPECT_TRUE(is_kept({"ab", 10}, log));
  EXPECT_TRUE(is_kept({"ab", 20}, log));
  EXPECT_FALSE(is_kept({"ab", 9}, log));
  EXPECT_FALSE(is_kept({"ab", 21}, log));
  EXPECT_FALSE(is_kept({"ac", 15}, log));
}

}  // namespace nopassd::handlers::site
