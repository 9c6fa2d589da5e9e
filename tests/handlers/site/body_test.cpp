#include "handlers/site/body.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {

namespace {

std::string nested(std::size_t levels) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += "{\"a\":";
  return text + "1" + std::string(levels, '}');
}

std::vector<std::string> found(const Faults& faults) {
  std::vector<std::string> pointers;
  for (const Fault& fault : faults.found()) pointers.push_back(fault.pointer);
  return pointers;
}

}  // namespace

TEST(Body, IsAJsonObject) {
  for (const char* text :
       {"", "[]", "1", "null", "{", "{}x", "{\"a\":1,}", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}"}) {
    Faults faults;
    EXPECT_FALSE(parse_body(text, faults)) << text;
  }
  Faults faults;
  EXPECT_TRUE(parse_body(" {\"a\":1} ", faults));
}

TEST(Body, IsAtMostSixteenLevelsDeep) {
  Faults faults;
  EXPECT_TRUE(parse_body(nested(16), faults));
  EXPECT_FALSE(parse_body(nested(17), faults));
}

TEST(Body, NotesMembersThatAreGivenTwiceAtAnyDepth) {
  Faults faults;
  ASSERT_TRUE(parse_body(R"({"a":1,"for":{"x~/y":1,"x~/y":2},"a":2,"A":3})", faults));
  EXPECT_EQ(found(faults), (std::vector<std::string>{"/for/x~0~1y", "/a"}));
}

TEST(Body, SeesThroughEscapesInNames) {
  Faults faults;
  ASSERT_TRUE(parse_body(R"({"a":1,"\u0061":2})", faults));
  EXPECT_EQ(found(faults), std::vector<std::string>{"/a"});
}

TEST(Body, TakesNullForAbsent) {
  Faults faults;
  const auto object = parse_body(R"({"a":null})", faults);
  EXPECT_EQ(member(*object, "a"), nullptr);
  text_member(*object, "a", {1, 10, true}, faults);
  EXPECT_EQ(found(faults), std::vector<std::string>{"/a"});
}

TEST(Body, CountsCodePoints) {
  Faults faults;
  const auto object = parse_body(R"({"three":"äöü","control":"a\u0000b","number":1})", faults);
  EXPECT_EQ(text_member(*object, "three", {3, 3}, faults), "äöü");
  EXPECT_TRUE(faults.empty());
  EXPECT_FALSE(text_member(*object, "three", {4, 9}, faults));
  EXPECT_FALSE(text_member(*object, "three", {1, 2}, faults));
  EXPECT_FALSE(text_member(*object, "control", {}, faults));
  EXPECT_FALSE(text_member(*object, "number", {}, faults));
  EXPECT_EQ(faults.found().size(), 4U);
}

TEST(Body, GivesAddressesInTheirUsualSpelling) {
  const std::vector<std::pair<const char*, const char*>> good = {{"127.0.0.1", "127.0.0.1"},
                                                                 {"::1", "::1"},
                                                                 {"2001:DB8:0:0::5", "2001:db8::5"},
                                                                 {"::ffff:10.0.0.1", "::ffff:10.0.0.1"}};
  for (const auto& [given, usual] : good) {
    Faults faults;
    EXPECT_EQ(client_ip_member({{"clientIp", given}}, faults), usual);
    EXPECT_TRUE(faults.empty()) << given;
  }
  for (const char* bad : {"127.0.0.256", "localhost", "1.2.3", "::1%eth0", "[::1]", " ::1", "1.2.3.4:80"}) {
    Faults faults;
    EXPECT_EQ(client_ip_member({{"clientIp", bad}}, faults), "");
    EXPECT_EQ(found(faults), std::vector<std::string>{"/clientIp"}) << bad;
  }
}

TEST(Body, KnowsUuids) {
  EXPECT_EQ(uuid_from("6BA7B810-9dad-41d1-80b4-00c04fd430c8"), "6ba7b810-9dad-41d1-80b4-00c04fd430c8");
  for (const char* text : {"", "6ba7b810-9dad-41d1-80b4-00c04fd430c", "6ba7b810-9dad-41d1-80b4-00c04fd430cg",
                           "6ba7b8109-dad-41d1-80b4-00c04fd430c8", "../../../../etc/passwd-000000000000"}) {
    EXPECT_FALSE(uuid_from(text)) << text;
  }
}

TEST(Faults, ListNoMoreThanAHundred) {
  std::string text = "{\"a\":1";
  for (int i = 0; i < 300; ++i) text += ",\"a\":1";
  Faults faults;
  ASSERT_TRUE(parse_body(text + "}", faults));
  EXPECT_EQ(faults.found().size(), Faults::most);
}

TEST(Faults, CutLongNamesBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "ä";
  const std::string pointer = pointer_to(name);
  EXPECT_EQ(pointer, "/" + name.substr(0, 128) + "…");
}

}  // namespace nopassd::handlers::site
