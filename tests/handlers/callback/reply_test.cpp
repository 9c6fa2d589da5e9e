// Both reply styles and content types, for every callback.
#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

constexpr std::string_view text = "text/plain; charset=utf-8";
constexpr std::string_view json_type = "application/json";

// What a callback answers its good request with.
struct Row {
  std::string_view content_type;
  std::string_view result;
  std::string_view sample_body;
  std::string_view failure_result;
  bool bare;
};

constexpr std::string_view challenge_result =
    R"({"adminId":"JimTheAdmin","sCode":"nDhTZvX82EtAAAAAAAAAAAAAAAAAAAAA","r":36729002})";
constexpr std::string_view registration_result = R"({"sCode":"nDhTZvX82EtAAAAAAAAAAAAAAAAAAAAA"})";

constexpr std::array<Row, 11> rows = {{{text, challenge_result, challenge_result, "null", false},
                                       {text, registration_result, registration_result, "null", false},
                                       {json_type, "\"OK\"", "", "null", false},
                                       {json_type, "true", "true", "false", false},
                                       {json_type, "\"OK\"", "", "null", false},
                                       {json_type, "true", "true", "false", false},
                                       {json_type, "\"OK\"", "", "null", false},
                                       {json_type, "\"OK\"", "", "null", false},
                                       {json_type, "true", "true", "false", false},
                                       {text, "true", "true", "false", false},
                                       {json_type, "true", "true", "false", true}}};

class EveryReply : public CallbackTest, public ::testing::WithParamInterface<std::size_t> {
 protected:
  const Row& row() const { return rows.at(GetParam()); }
  std::string name() const { return std::string(names.at(GetParam())); }
  std::string body() const { return good_body(GetParam()); }
  std::string documented() const {
    if (row().bare) return std::string(row().result);
    return R"({"errors":[],"result":)" + std::string(row().result) + "}";
  }
};

TEST_P(EveryReply, HasTheDocumentedBodyAndType) {
  prepare(GetParam());
  const Reply reply = send({.path = name(), .body = body()});
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, documented());
  EXPECT_EQ(reply.content_type, row().content_type);
  EXPECT_NE(reply.log_note, "");
}

TEST_P(EveryReply, IsJsonWhereTheCallerAcceptsIt) {
  prepare(GetParam());
  const Reply reply = send({.path = name(), .body = body(), .accept = "text/plain, application/json"});
  EXPECT_EQ(reply.body, documented());
  EXPECT_EQ(reply.content_type, json_type);
}

TEST_P(EveryReply, StaysAsDocumentedWhenTheCallerDoesNotNameJson) {
  prepare(GetParam());
  const Reply reply = send({.path = name(), .body = body(), .accept = "*/*, application/json;q=0"});
  EXPECT_EQ(reply.content_type, row().content_type);
}

TEST_P(EveryReply, IsJsonWhereTheOperatorWantsIt) {
  settings.json_only = true;
  prepare(GetParam());
  EXPECT_EQ(send({.path = name(), .body = body()}).content_type, json_type);
}

TEST_P(EveryReply, TakesTheShapeOfTheSample) {
  settings.reply_style = ReplyStyle::sample;
  prepare(GetParam());
  const Reply reply = send({.path = name(), .body = body()});
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, row().sample_body);
  EXPECT_EQ(reply.content_type, row().sample_body.empty() ? "" : row().content_type);
}

TEST_P(EveryReply, FailsWithErrorsAndNullOrFalse) {
  prepare(GetParam());
  const Reply reply = send({.path = name(), .body = "{"});
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(reply.body, R"({"errors":[{"code":"100","message":"the body is not one JSON object"}],"result":)" +
                            std::string(row().failure_result) + "}");
  EXPECT_EQ(reply.content_type, row().content_type);
  EXPECT_NE(reply.log_note, "");
}

TEST_P(EveryReply, FailsEmptyInTheSampleStyle) {
  settings.reply_style = ReplyStyle::sample;
  prepare(GetParam());
  const Reply reply = send({.path = name(), .body = "{"});
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(reply.content_type, "");
}

// A name for every secret that the examples hold.
TEST_P(EveryReply, LogsNoSecret) {
  prepare(GetParam());
  const std::string note =
      send({.path = name(), .body = body()}).log_note + send({.path = name(), .body = "{}"}).log_note;
  for (const std::string_view secret :
       {portal_id, auth_token, s_code, admin_id, std::string_view("otp-1"), std::string_view("auth-1")}) {
    EXPECT_EQ(note.find(secret), std::string::npos) << note;
  }
}

TEST_P(EveryReply, ComesWithEventsWithoutSecrets) {
  prepare(GetParam());
  send({.path = name(), .body = body()});
  for (const auto& event : take_events()) {
    for (const std::string_view secret :
         {portal_id, auth_token, s_code, admin_id, std::string_view("otp-1"), std::string_view("auth-1"),
          std::string_view("jim"), std::string_view("ann"), std::string_view("James")}) {
      EXPECT_EQ((event.subject + event.data).find(secret), std::string::npos) << event.type << event.data;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Callback, EveryReply, ::testing::Range<std::size_t>(0, names.size()), row_name);

using VerdictReply = CallbackTest;

TEST_F(VerdictReply, SaysNoWith200AndTheReason) {
  register_portal();
  const Reply reply = post("ValidateUserRegistration", good_body(3));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, R"({"errors":[{"code":"111","message":"the site refused"}],"result":false})");
}

TEST_F(VerdictReply, IsABareFalseInTheSampleStyle) {
  settings.reply_style = ReplyStyle::sample;
  register_portal();
  const Reply reply = post("ValidateUserRegistration", good_body(3));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "false");
}

}  // namespace
}  // namespace nopassd::handlers::callback
