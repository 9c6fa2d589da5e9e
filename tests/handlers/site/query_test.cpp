#include "handlers/site/query.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {

TEST(Query, DecodesFormEncoding) {
  const auto query = Query::parse("login=ada%2Bx+y&empty=&alone&&externalId=%C3%A9");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("login"), "ada+x y");
  EXPECT_EQ(query->find("externalId"), "é");
  EXPECT_FALSE(query->find("empty"));
  EXPECT_FALSE(query->find("alone"));
  EXPECT_EQ(query->all().size(), 4U);
}

TEST(Query, RefusesWhatCannotBeDecoded) {
  for (const char* text : {"a=%", "a=%4", "a=%zz", "a=%00", "a=%ff", "%ff=1", "a=b%"}) {
    EXPECT_FALSE(Query::parse(text)) << text;
  }
  EXPECT_TRUE(Query::parse("a=%41"));
}

TEST(Query, NotesEveryNumberThatIsOutOfRange) {
  const auto query = Query::parse("offset=-1&limit=101");
  Faults faults;
  const auto page = query->page(faults);
  EXPECT_EQ(page.offset, 0);
  EXPECT_EQ(page.limit, 20);
  ASSERT_EQ(faults.found().size(), 2U);
  EXPECT_EQ(faults.found()[0].pointer, "/offset");
  EXPECT_EQ(faults.found()[1].pointer, "/limit");
}

TEST(Query, TakesWholeNumbersAlone) {
  for (const char* text :
       {"limit=1x", "limit=1.5", "limit=0x10", "limit=+5", "limit=99999999999999999999", "limit=0"}) {
    Faults faults;
    Query::parse(text)->page(faults);
    EXPECT_FALSE(faults.empty()) << text;
  }
}

}  // namespace nopassd::handlers::site
