#include "daemon/http_message.hpp"

#include <gtest/gtest.h>

namespace nopassd::daemon {
namespace {

http::request_header<> header_with(std::initializer_list<std::pair<const char*, const char*>> fields) {
  http::request_header<> header;
  header.method(http::verb::post);
  header.target("/x");
  header.version(11);
  header.insert("Host", "portal");
  for (const auto& [name, value] : fields) header.insert(name, value);
  return header;
}

TEST(HttpMessage, UnderstandsChunkedAndNoOtherTransferEncoding) {
  EXPECT_EQ(fault_of(header_with({{"Transfer-Encoding", "chunked"}})), "");
  EXPECT_EQ(fault_of(header_with({{"Transfer-Encoding", "Chunked"}})), "");
  for (const char* other : {"xchunked", "gzip", "identity", "gzip, chunked", "chunked, identity", "chunked, chunked",
                            "\"chunked\"", "chunked;x=1", ""}) {
    EXPECT_NE(fault_of(header_with({{"Transfer-Encoding", other}})), "") << other;
  }
  EXPECT_NE(fault_of(header_with({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}})), "");
}

TEST(HttpMessage, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  EXPECT_NE(fault_of(header_with({{"Host", "other"}})), "");
  EXPECT_NE(fault_of(header_with({{"Content-Length", "1"}, {"Content-Length", "1"}})), "");
  EXPECT_NE(fault_of(header_with({{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}})), "");
  auto old = header_with({{"Transfer-Encoding", "chunked"}});
  old.version(10);
  EXPECT_NE(fault_of(old), "");
}

TEST(HttpMessage, TakesNeitherOfTwoContentTypes) {
  const auto header = header_with({{"Content-Type", "application/json"}, {"Content-Type", "application/json"}});
  EXPECT_EQ(view_of(header).request.content_type, "given twice");
}

TEST(HttpMessage, TakesNeitherOfTwoAuthorizations) {
  EXPECT_EQ(view_of(header_with({{"authorization", "Bearer a"}})).request.authorization, "Bearer a");
  const auto header = header_with({{"Authorization", "Bearer a"}, {"Authorization", "Bearer a"}});
  EXPECT_EQ(view_of(header).request.authorization, "given twice");
  EXPECT_NE(view_of(header_with({{"Authorization", ""}})).request.authorization, "") << "an empty one is not none";
}

TEST(HttpMessage, SplitsTheTarget) {
  const std::vector<std::array<const char*, 3>> targets = {{"/a/b?c=d?e", "/a/b", "c=d?e"},
                                                           {"/a", "/a", ""},
                                                           {"http://portal/a?b", "/a", "b"},
                                                           {"http://portal", "", ""},
                                                           {"*", "", ""},
                                                           {"portal:443", "", ""},
                                                           {"a/b", "", ""}};
  for (const auto& [target, path, query] : targets) {
    auto header = header_with({});
    header.target(target);
    const auto head = view_of(header);
    EXPECT_EQ(head.request.path, path) << target;
    EXPECT_EQ(head.request.query, query) << target;
  }
}

TEST(HttpMessage, SeesWhatCameThroughAProxyOrABrowser) {
  EXPECT_FALSE(view_of(header_with({})).request.forwarded);
  for (const char* name : {"Origin", "Forwarded", "Via", "X-Forwarded-Host", "x-forwarded-for"}) {
    EXPECT_TRUE(view_of(header_with({{name, ""}})).request.forwarded) << name;
  }
}

}  // namespace
}  // namespace nopassd::daemon
