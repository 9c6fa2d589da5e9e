// Nothing that is wrong with a body changes anything.
#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

class EveryMalformedBody : public CallbackTest, public ::testing::WithParamInterface<std::size_t> {
 protected:
  // Sends it, and expects a 4xx and the world as it was.
  void expect_refused(const std::string& body, std::string_view why) {
    const std::string before = world();
    const Reply reply = post(names.at(GetParam()), body);
    EXPECT_GE(reply.status, 400U) << why << ": " << body.substr(0, 200);
    EXPECT_LT(reply.status, 500U) << why << ": " << body.substr(0, 200);
    EXPECT_FALSE(reply.body.empty()) << why;
    EXPECT_FALSE(codes(reply).empty()) << why;
    EXPECT_EQ(world(), before) << why;
    EXPECT_TRUE(take_live().empty()) << why;
  }
};

TEST_P(EveryMalformedBody, IsRefusedAtEveryPlaceWhereItIsCutOff) {
  prepare(GetParam());
  const std::string good = good_body(GetParam());
  for (std::size_t length = 0; length < good.size(); ++length) expect_refused(good.substr(0, length), "cut off");
}

TEST_P(EveryMalformedBody, IsRefusedWithAnythingBehindIt) {
  prepare(GetParam());
  for (const char* more : {"x", "{}", ",", "]", "\x01", "\xff"}) expect_refused(good_body(GetParam()) + more, "more");
}

TEST_P(EveryMalformedBody, IsRefusedWithAMemberGivenTwice) {
  prepare(GetParam());
  const std::string good = good_body(GetParam());
  const json::object object = json::parse(good).as_object();
  for (const auto& member : object) {
    std::string name(member.key());
    for (char& c : name) c = static_cast<char>(std::toupper(c));
    expect_refused("{\"" + name + "\":" + json::serialize(member.value()) + "," + good.substr(1), "twice");
  }
}

TEST_P(EveryMalformedBody, IsRefusedWithAMemberOfAnotherType) {
  prepare(GetParam());
  const json::object good = json::parse(good_body(GetParam())).as_object();
  for (const auto& member : good) {
    for (const char* other : {"null", "[]", "{}", "[[1]]", "\"\"", "\"\\u0000\"", "1.5", "-1"}) {
      const bool number = member.key() == "nextChange" && std::string_view(other) == "-1";
      const bool nothing = (member.key() == "updates" && std::string_view(other) == "{}") ||
                           (member.key() == "users" && std::string_view(other) == "[]");
      if (number || nothing) continue;  // these are right
      json::object bad = good;
      bad[member.key()] = json::parse(other);
      expect_refused(json::serialize(bad), "another type");
    }
  }
}

TEST_P(EveryMalformedBody, IsRefusedWithATextThatIsTooLong) {
  prepare(GetParam());
  const json::object good = json::parse(good_body(GetParam())).as_object();
  for (const auto& member : good) {
    if (!member.value().is_string()) continue;
    json::object bad = good;
    bad[member.key()] = std::string(2085, 'x');
    expect_refused(json::serialize(bad), "too long");
  }
}

TEST_P(EveryMalformedBody, IsRefusedWithoutARequiredMember) {
  prepare(GetParam());
  const json::object good = json::parse(good_body(GetParam())).as_object();
  for (const auto& member : good) {
    json::object bad = good;
    bad.erase(member.key());
    expect_refused(json::serialize(bad), "missing");
  }
}

TEST_P(EveryMalformedBody, LeavesTheGoodOneToSucceed) {
  prepare(GetParam());
  expect_refused("{}", "empty");
  EXPECT_EQ(post(names.at(GetParam()), good_body(GetParam())).status, 200U);
}

INSTANTIATE_TEST_SUITE_P(Callback, EveryMalformedBody, ::testing::Range<std::size_t>(0, names.size()), row_name);

}  // namespace
}  // namespace nopassd::handlers::callback
