#include "handlers/callback/media_type.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::callback {
namespace {

TEST(ContentType, IsJsonInUtf8) {
  for (const char* header :
       {"", "application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"", "application/json ; Charset = Utf-8", "application/json-patch+json",
        "/application/json-patch+json", "/application/json", "/APPLICATION/json-patch+JSON; charset=utf-8",
        "application/vnd.nopass.v1+json", "application/problem+JSON", "application/json; version=1",
        "application/json;", "application/json; profile=\"a;charset=x\""}) {
    EXPECT_TRUE(is_json_content_type(header)) << header;
  }
}

TEST(ContentType, IsNothingElse) {
  for (const char* header :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json",
        "application/xml", "application/json5", "application/+json", "application/", "//application/json-patch+json",
        "application/json; charset=iso-8859-1", "application/json; charset=utf-16", "application/json; charset=\"utf-8",
        "application/json; charset", "application/json; charset=utf-8; charset=latin1", "application/json, text/plain",
        "application /json", "application/x json+json", "json", "*/*"}) {
    EXPECT_FALSE(is_json_content_type(header)) << header;
  }
}

TEST(ContentEncoding, IsIdentityOrNone) {
  EXPECT_TRUE(is_identity_encoding(""));
  EXPECT_TRUE(is_identity_encoding("Identity"));
  EXPECT_FALSE(is_identity_encoding("gzip"));
  EXPECT_FALSE(is_identity_encoding("identity, gzip"));
}

TEST(Accept, NamesJsonItself) {
  for (const char* header :
       {"application/json", "text/plain, application/json", "Application/Json;q=0.001",
        "text/*;q=0.5,application/json;charset=utf-8;q=1", "application/json;q=0, application/json"}) {
    EXPECT_TRUE(accepts_json_by_name(header)) << header;
  }
  for (const char* header :
       {"", "*/*", "application/*", "text/plain", "application/json;q=0", "application/json; q=0.000",
        "application/json-patch+json", "text/plain;x=\"a, application/json\""}) {
    EXPECT_FALSE(accepts_json_by_name(header)) << header;
  }
}

}  // namespace
}  // namespace nopassd::handlers::callback
