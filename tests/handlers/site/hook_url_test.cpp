#include "handlers/site/hook_url.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {
namespace {

bool admits(const std::string& target, const std::string& url) {
  const auto parsed = parse_hook_url(url);
  return parsed && is_admitted(*parsed, {target});
}

TEST(HookUrl, IsTakenApart) {
  const auto http = parse_hook_url("http://Shop.Example:8080/a%20b?x=1");
  ASSERT_TRUE(http);
  EXPECT_EQ(http->scheme, HookUrl::Scheme::http);
  EXPECT_EQ(http->host, "shop.example");
  EXPECT_EQ(http->port, 8080);
  EXPECT_EQ(http->path, "/a b");
  EXPECT_EQ(http->query, "x=1");
  EXPECT_EQ(http->target, "/a%20b?x=1");
  EXPECT_EQ(parse_hook_url("https://shop.example")->port, 443);
  EXPECT_EQ(parse_hook_url("https://shop.example")->target, "/");
  EXPECT_EQ(parse_hook_url("http://[0:0::1]/")->host, "::1");
}

TEST(HookUrl, OfAUnixSocketHasAPathBehindTheSecondColon) {
  const auto url = parse_hook_url("unix:/run/shop.sock:/nopass?x=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, HookUrl::Scheme::unix_socket);
  EXPECT_EQ(url->socket, "/run/shop.sock");
  EXPECT_EQ(url->target, "/nopass?x=1");
  EXPECT_EQ(parse_hook_url("unix:/run/shop.sock")->target, "/");
}

TEST(HookUrl, IsRefusedWhenItCouldBeReadInTwoWays) {
  for (const char* text : {"http://a@b/",
                           "http://a:b@c/",
                           "http://@b/",
                           "https://example.org#x",
                           "http://h/a/../b",
                           "http://h/a/./b",
                           "http://h/%2e%2e/b",
                           "http://h/.%2E/b",
                           "http://h/a%2Fb",
                           "http://h/a%5cb",
                           "http://h/..;x/b",
                           "http://h\\@b/",
                           "http://h/a\\b",
                           "http://h/%00",
                           "http://h/%ff",
                           "http://h:0/",
                           "http://h:99999/",
                           "http://h:/",
                           "http:///a",
                           "http://",
                           "http:h",
                           "//h/a",
                           "/a",
                           "",
                           "ftp://h/",
                           "http://h /",
                           "http://h%2ex/",
                           "http://ex%61mple.org/",
                           "http://[v1.x]/",
                           "unix:run/a.sock",
                           "unix:/",
                           "unix:/a/../b",
                           "unix:/a//b",
                           "unix:/a/./b",
                           "unix:/a/",
                           "unix:/a:b",
                           "unix:/a:/x/../y",
                           "unix:/a:/x#y",
                           "unix:",
                           "unix:///a"}) {
    EXPECT_FALSE(parse_hook_url(text)) << text;
  }
  EXPECT_FALSE(parse_hook_url("unix:/" + std::string(107, 'a')));
  EXPECT_TRUE(parse_hook_url("unix:/" + std::string(106, 'a')));
}

TEST(HookTargets, AdmitWhatLiesUnderThem) {
  EXPECT_TRUE(admits("https://example.org", "https://example.org/any/where?x=1"));
  EXPECT_TRUE(admits("https://example.org", "https://EXAMPLE.org:443/"));
  EXPECT_TRUE(admits("https://example.org/hooks", "https://example.org/hooks"));
  EXPECT_TRUE(admits("https://example.org/hooks", "https://example.org/hooks?x"));
  EXPECT_TRUE(admits("https://example.org/hooks", "https://example.org/hooks/a"));
  EXPECT_TRUE(admits("https://example.org/hooks/", "https://example.org/%68ooks/a"));
  EXPECT_TRUE(admits("https://example.org/h?key=1", "https://example.org/h?key=1&more=2"));
  EXPECT_TRUE(admits("unix:/run/shop.sock", "unix:/run/shop.sock:/nopass"));
  EXPECT_TRUE(admits("unix:/run/hooks", "unix:/run/hooks/shop.sock:/nopass"));
  EXPECT_TRUE(admits("unix:/run/hooks/", "unix:/run/hooks/shop.sock:/nopass"));
  EXPECT_TRUE(admits("https://example.org/hooks", "https://example.org/hooks2")) << "it begins with it";
  EXPECT_TRUE(admits("http://127.0.0.1", "http://127.0.0.1:8080/")) << "a host alone: any of its ports";
  EXPECT_TRUE(admits("http://127.0.0.1:", "http://127.0.0.1:8080/"));
  EXPECT_TRUE(admits("http://[::1]", "http://[::1]:8080/hook"));
  EXPECT_FALSE(admits("http://[::1]:80", "http://[::1]:8080/hook"));
  EXPECT_TRUE(admits("unix:/run/shop.sock:/nopass", "unix:/run/shop.sock:/nopass/a"));
}

TEST(HookTargets, EndAtTheirBoundaries) {
  EXPECT_FALSE(admits("http://127.0.0.1:80", "http://127.0.0.1:8080/"));
  EXPECT_FALSE(admits("http://127.0.0.1/", "http://127.0.0.1:8080/"));
  EXPECT_FALSE(admits("http://127.0.0.1", "http://127.0.0.12/"));
  EXPECT_FALSE(admits("https://example.org", "https://example.org.evil/"));
  EXPECT_FALSE(admits("https://example.org", "https://example.org@evil/"));
  EXPECT_FALSE(admits("https://example.org", "http://example.org/"));
  EXPECT_FALSE(admits("https://example.org", "https://www.example.org/"));
  EXPECT_FALSE(admits("https://example.org/hooks/", "https://example.org/hooks"));
  EXPECT_FALSE(admits("https://example.org/hooks", "https://example.org/hooks/../admin"));
  EXPECT_FALSE(admits("https://example.org/hooks", "https://example.org/hooks/%2e%2e/admin"));
  EXPECT_FALSE(admits("https://example.org/hooks", "https://example.org//hooks"));
  EXPECT_FALSE(admits("https://example.org/h?key=1", "https://example.org/h?key=12"));
  EXPECT_FALSE(admits("https://example.org/h?key=1", "https://example.org/h/a?key=1"));
  EXPECT_FALSE(admits("unix:/run/shop.sock", "unix:/run/shop.sock2:/nopass"));
  EXPECT_FALSE(admits("unix:/run/shop.sock:/nopass", "unix:/run/shop.sock:/admin"));
  EXPECT_FALSE(admits("unix:/run/shop.sock:/nopass", "unix:/run/shop.sock/b:/nopass"));
  EXPECT_FALSE(is_admitted(*parse_hook_url("http://h/"), {}));
}

}  // namespace
}  // namespace nopassd::handlers::site
