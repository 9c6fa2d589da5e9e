#include "handlers/callback/members.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::handlers::callback {
namespace {

namespace json = boost::json;

constexpr Range small{0, 100};
constexpr Range wide{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};

// Reads one value out of an object and keeps the faults beside it.
struct Reading {
  explicit Reading(std::string_view text) : object(json::parse(text).as_object()) {}
  std::string faulted() const {
    std::string all;
    for (const Fault& fault : faults) all += fault.code + " " + fault.message + ";";
    return all;
  }
  json::object object;
  Faults faults;
  Members members{object, faults};
};

TEST(Members, FindsNamesInAnyCaseAndTakesNullAsAbsent) {
  Reading reading(R"({"UserId":"jim","AUTHID":null})");
  EXPECT_EQ(reading.members.required_text("userId", 10), "jim");
  EXPECT_FALSE(reading.members.text("authId", 10));
  EXPECT_TRUE(reading.faults.empty());
  reading.members.required_text("authId", 10);
  EXPECT_EQ(reading.faulted(), "102 authId is missing;");
}

TEST(Members, CollectsAllFaults) {
  Reading reading(R"({"a":1,"b":"","c":"long","d":{}})");
  reading.members.required_text("a", 3);
  reading.members.required_text("b", 3);
  reading.members.required_text("c", 3);
  reading.members.required_text("e", 3);
  reading.members.required_boolean("d");
  EXPECT_EQ(reading.faulted(),
            "103 a is not a string;103 b is empty;103 c is longer than 3 characters;102 e is missing;"
            "103 d is not true or false;");
}

TEST(Members, CountsCodePointsAndNotBytes) {
  Reading reading(R"({"a":"äöü","b":"\ud83d\ude00\ud83d\ude00\ud83d\ude00"})");
  EXPECT_TRUE(reading.members.text("a", 3));
  EXPECT_TRUE(reading.members.text("b", 3));
  EXPECT_TRUE(reading.faults.empty());
  EXPECT_FALSE(reading.members.text("a", 2));
  EXPECT_EQ(reading.faults.size(), 1U);
}

TEST(Members, AllowsEmptyTextsOnlyWhereTheyAreOptional) {
  Reading reading(R"({"a":""})");
  EXPECT_EQ(reading.members.text("a", 3), "");
  EXPECT_TRUE(reading.faults.empty());
  reading.members.required_text("a", 3);
  EXPECT_EQ(reading.faulted(), "103 a is empty;");
}

TEST(Members, RefusesNul) {
  Reading reading(R"({"a":"x\u0000y"})");
  EXPECT_FALSE(reading.members.text("a", 10));
  EXPECT_EQ(reading.faults.front().code, "103");
}

TEST(Members, ReadsIntegersAsNumbersAndAsDigits) {
  const std::vector<std::pair<const char*, std::int64_t>> good = {
      {"7", 7},
      {"0", 0},
      {"\"7\"", 7},
      {"\"007\"", 7},
      {"7.0", 7},
      {"7e1", 70},
      {"-1", -1},
      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"18446744073709551615", std::numeric_limits<std::int64_t>::max()},
      {"1e300", std::numeric_limits<std::int64_t>::max()},
      {"-1e300", std::numeric_limits<std::int64_t>::min()},
      {"99999999999999999999999999", std::numeric_limits<std::int64_t>::max()},
      {"\"99999999999999999999999999\"", std::numeric_limits<std::int64_t>::max()},
      {"\"9223372036854775807\"", std::numeric_limits<std::int64_t>::max()},
      {"\"9223372036854775806\"", std::numeric_limits<std::int64_t>::max() - 1}};
  for (const auto& [text, number] : good) {
    Reading reading(std::string("{\"n\":") + text + "}");
    EXPECT_EQ(reading.members.required_integer("n", wide), number) << text;
    EXPECT_TRUE(reading.faults.empty()) << text;
  }
}

TEST(Members, RefusesWhatIsNoInteger) {
  for (const char* text : {"\"\"", "\"-7\"", "\"+7\"", "\" 7\"", "\"7 \"", "\"7.0\"", "\"0x7\"", "7.5", "true", "[]",
                           "{}", "\"seven\"", "1e-3"}) {
    Reading reading(std::string("{\"n\":") + text + "}");
    reading.members.required_integer("n", wide);
    EXPECT_EQ(reading.faulted(), "103 n is not an integer;") << text;
  }
}

TEST(Members, KeepsIntegersInTheirRange) {
  for (const char* text : {"101", "-1", "\"101\"", "1e99"}) {
    Reading reading(std::string("{\"n\":") + text + "}");
    reading.members.required_integer("n", small);
    EXPECT_EQ(reading.faulted(), "103 n is out of range;") << text;
  }
}

TEST(Members, ReadsBooleansAsSuchAndAsWordsInAnyCase) {
  const std::vector<std::pair<const char*, bool>> good = {
      {"true", true}, {"false", false}, {"\"true\"", true}, {"\"TRUE\"", true}, {"\"False\"", false}};
  for (const auto& [text, value] : good) {
    Reading reading(std::string("{\"b\":") + text + "}");
    EXPECT_EQ(reading.members.boolean("b"), value) << text;
    EXPECT_TRUE(reading.faults.empty()) << text;
  }
  for (const char* text : {"1", "0", "\"\"", "\"yes\"", "\"true \"", "[]"}) {
    Reading reading(std::string("{\"b\":") + text + "}");
    EXPECT_FALSE(reading.members.boolean("b")) << text;
    EXPECT_EQ(reading.faults.size(), 1U) << text;
  }
}

TEST(Members, ChecksLogins) {
  Reading good(R"({"login":"Jim.Ä"})");
  EXPECT_EQ(good.members.required_login("login").text, "Jim.Ä");
  EXPECT_EQ(good.members.required_login("login").key, "jim.ä");
  EXPECT_TRUE(good.faults.empty());
  for (const char* text : {"\"\"", "\" jim\"", "\"jim \"", "\"j\\u0000m\"", "\"j\\nm\"", "\"j\\u200bm\"", "7"}) {
    Reading reading(std::string("{\"login\":") + text + "}");
    EXPECT_EQ(reading.members.required_login("login").text, "") << text;
    EXPECT_EQ(reading.faults.size(), 1U) << text;
  }
  Reading longest("{\"login\":\"" + std::string(2084, 'x') + "\"}");
  longest.members.required_login("login");
  EXPECT_TRUE(longest.faults.empty());
  Reading longer("{\"login\":\"" + std::string(2085, 'x') + "\"}");
  longer.members.required_login("login");
  EXPECT_EQ(longer.faulted(), "103 login is longer than 2084 characters;");
}

TEST(Members, TakesAnEmptyOptionalLoginAsAbsent) {
  Reading reading(R"({"userId":""})");
  EXPECT_EQ(reading.members.login("userId").key, "");
  EXPECT_TRUE(reading.faults.empty());
}

TEST(Members, ComparesThePortalId) {
  storage::Portal portal;
  portal.portal_id = "p1";
  const std::vector<std::pair<const char*, const char*>> rows = {
      {R"({"portalId":"p1"})", ""},
      {R"({"PortalID":"p1"})", ""},
      {R"({"portalId":"P1"})", "104 portalId is not this portal's;"},
      {R"({"portalId":""})", "103 portalId is empty;"},
      {R"({"portalId":5})", "103 portalId is not a string;"},
      {R"({"portalId":null})", "102 portalId is missing;"},
      {"{}", "102 portalId is missing;"}};
  for (const auto& [text, fault] : rows) {
    Reading reading(text);
    reading.members.required_portal_id(portal);
    EXPECT_EQ(reading.faulted(), fault) << text;
  }
}

TEST(Members, PutsThePathBeforeTheName) {
  Reading reading(R"({"session":{}})");
  Members inner(*reading.members.object("session"), reading.faults, "session.");
  inner.required_text("authId", 3);
  EXPECT_EQ(reading.faulted(), "102 session.authId is missing;");
}

TEST(Members, NeverRepeatsAValue) {
  Reading reading(R"({"a":"secretsecret","b":"secret","c":"secret"})");
  reading.members.text("a", 3);
  reading.members.required_integer("b", wide);
  reading.members.boolean("c");
  reading.members.object("a");
  EXPECT_EQ(reading.faults.size(), 4U);
  EXPECT_EQ(reading.faulted().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace nopassd::handlers::callback
