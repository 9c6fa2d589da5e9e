#include "handlers/callback/json_object.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nopassd::handlers::callback {
namespace {

std::string fault_of(std::string_view text) {
  const auto parsed = parse_object(text);
  const Fault* fault = std::get_if<Fault>(&parsed);
  return fault == nullptr ? "" : fault->code;
}

std::vector<std::string> duplicates_of(std::string_view text) {
  const auto parsed = parse_object(text);
  std::vector<std::string> found;
  for (const Fault& fault : std::get<Body>(parsed).faults) found.push_back(fault.code + " " + fault.message);
  return found;
}

std::string nested(std::size_t levels) {
  std::string text;
  for (std::size_t i = 1; i < levels; ++i) text += "{\"a\":";
  text += "{}";
  return text + std::string(levels - 1, '}');
}

TEST(JsonObject, ReadsAnObjectWithEveryKindOfValue) {
  const auto parsed =
      parse_object(R"( {"a":1,"b":-2,"c":18446744073709551615,"d":1.5,"e":"x","f":[true,false,null],"g":{}} )");
  ASSERT_TRUE(std::holds_alternative<Body>(parsed));
  const Body& body = std::get<Body>(parsed);
  EXPECT_TRUE(body.faults.empty());
  EXPECT_EQ(
      boost::json::value(body.members),
      boost::json::parse(R"({"a":1,"b":-2,"c":18446744073709551615,"d":1.5,"e":"x","f":[true,false,null],"g":{}})"));
}

TEST(JsonObject, RefusesWhatIsNoObject) {
  for (const char* text :
       {"",           " ",     "[]",      "1",        "\"x\"",          "null",         "true",
        "{",          "{]",    "{\"a\"}", "{\"a\":}", "{a:1}",          "{'a':1}",      "{\"a\":1,}",
        "{\"a\":01}", "{} {}", "{}x",     "{}\0",     "\xEF\xBB\xBF{}", "{\"a\":1}//x", "{\"a\":NaN}"}) {
    EXPECT_EQ(fault_of(text), std::string_view(text) == "{}" ? "" : "100") << text;
  }
  EXPECT_EQ(fault_of(std::string_view("{}\0", 3)), "100");
}

TEST(JsonObject, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(fault_of("{\"a\":\"\xFF\"}"), "100");
  EXPECT_EQ(fault_of("{\"a\":\"\xC0\xAF\"}"), "100");
  EXPECT_EQ(fault_of("{\"a\":\"\xED\xA0\x80\"}"), "100");
  EXPECT_EQ(fault_of("{\"\xFF\":1}"), "100");
  EXPECT_EQ(fault_of("{\"a\":\"\xF0\x9F\x98\x80\"}"), "");
}

TEST(JsonObject, RefusesUnpairedSurrogates) {
  EXPECT_EQ(fault_of(R"({"a":"\ud800"})"), "103");
  EXPECT_EQ(fault_of(R"({"a":"\ud800\u0041"})"), "103");
  EXPECT_EQ(fault_of(R"({"a":"\ud800b"})"), "103");
  EXPECT_EQ(fault_of(R"({"a":"\udc00"})"), "103");
  EXPECT_EQ(fault_of(R"({"a":"\ud83d\ude00"})"), "");
}

TEST(JsonObject, CountsTheBodyAsTheFirstOfSixteenLevels) {
  EXPECT_EQ(fault_of(nested(16)), "");
  EXPECT_EQ(fault_of(nested(17)), "100");
  EXPECT_EQ(fault_of("{\"a\":" + std::string(15, '[') + "1" + std::string(15, ']') + "}"), "");
  EXPECT_EQ(fault_of("{\"a\":" + std::string(16, '[') + std::string(16, ']') + "}"), "100");
  EXPECT_EQ(fault_of(std::string(100000, '{')), "100");
  EXPECT_EQ(fault_of("{\"a\":" + std::string(100000, '[')), "100");
}

TEST(JsonObject, NamesEveryMemberThatIsGivenTwice) {
  EXPECT_THAT(duplicates_of(R"({"otp":1,"otp":2})"), ::testing::ElementsAre("103 otp is given twice"));
  EXPECT_THAT(duplicates_of(R"({"b":1,"a":2,"B":1,"a":2,"b":7})"), ::testing::SizeIs(2));
  EXPECT_TRUE(duplicates_of(R"({"a":{"x":1},"b":{"x":1}})").empty());
}

TEST(JsonObject, FindsDuplicatesInAnyCaseAndDepthAndByEscape) {
  EXPECT_THAT(duplicates_of(R"({"x":[{"y":{"userId":1,"UserID":2}}]})"), ::testing::SizeIs(1));
  EXPECT_THAT(duplicates_of(R"({"\u0061":1,"A":2})"), ::testing::SizeIs(1));
  EXPECT_TRUE(duplicates_of("{\"\xC3\xA4\":1,\"\xC3\x84\":2}").empty());  // only ASCII letters are folded
}

TEST(JsonObject, ReportsOneNameOnceAndNotTooMany) {
  std::string text = "{\"a\":[";
  for (int i = 0; i < 1000; ++i) text += R"({"q":1,"q":2},)";
  text += "0]}";
  EXPECT_THAT(duplicates_of(text), ::testing::SizeIs(1));

  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += "\"n" + std::to_string(i) + "\":1,\"N" + std::to_string(i) + "\":1,";
  many += "\"z\":1}";
  EXPECT_THAT(duplicates_of(many), ::testing::SizeIs(100));
}

TEST(JsonObject, ShowsHostileNamesHarmlessly) {
  const std::string name = std::string(200, 'a');
  EXPECT_THAT(duplicates_of("{\"" + name + "\":1,\"" + name + "\":1}"),
              ::testing::ElementsAre("103 " + name.substr(0, 64) + " is given twice"));
  EXPECT_THAT(duplicates_of(R"({"a\nb":1,"a\nb":1})"), ::testing::ElementsAre("103 a?b is given twice"));
}

TEST(JsonObject, ReadsLongKeysAndStringsWhole) {
  const std::string longish(100000, 'k');
  const auto parsed = parse_object("{\"" + longish + "\":\"" + longish + "\\n\"}");
  const Body& body = std::get<Body>(parsed);
  ASSERT_NE(body.members.find(longish), body.members.end());
  EXPECT_EQ(body.members.at(longish).as_string().size(), longish.size() + 1);
}

}  // namespace
}  // namespace nopassd::handlers::callback
