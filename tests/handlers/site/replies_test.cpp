#include "handlers/site/replies.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {

TEST(Replies, CompareEntityTagsWeakly) {
  EXPECT_TRUE(names_etag("\"a\"", "\"a\""));
  EXPECT_TRUE(names_etag("W/\"a\"", "\"a\""));
  EXPECT_TRUE(names_etag("\"x\", \"a\"", "\"a\""));
  EXPECT_TRUE(names_etag("*", "\"a\""));
  EXPECT_FALSE(names_etag("", "\"a\""));
  EXPECT_FALSE(names_etag("\"b\"", "\"a\""));
  EXPECT_FALSE(names_etag("a", "\"a\""));
}

TEST(Replies, TellWhetherAStreamIsAskedFor) {
  EXPECT_TRUE(accepts("text/event-stream", "text/event-stream"));
  EXPECT_TRUE(accepts("application/json;q=0.5, Text/Event-Stream ; q=0.1", "text/event-stream"));
  EXPECT_FALSE(accepts("text/event-stream;q=0", "text/event-stream"));
  EXPECT_FALSE(accepts("text/event-stream; q=0.000", "text/event-stream"));
  EXPECT_FALSE(accepts("*/*", "text/event-stream"));
  EXPECT_FALSE(accepts("", "text/event-stream"));
}

}  // namespace nopassd::handlers::site
