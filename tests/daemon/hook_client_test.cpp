#include "daemon/hook_client.hpp"

#include "tests/storage/run_on.hpp"
#include "tests/storage/temporary_folder.hpp"

#include <boost/asio.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>
#include <thread>

namespace nopassd::daemon {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using handlers::HookReply;
using handlers::HookRequest;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Takes one connection, reads a request up to `until`, says `answer` and closes; says nothing and holds on when it is
/// empty.
template <class Protocol>
class OneAnswer {
 public:
  OneAnswer(typename Protocol::endpoint endpoint, std::string answer)
      : acceptor_(context_, endpoint), answer_(std::move(answer)), thread_([this] { serve(); }) {}
  ~OneAnswer() {
    boost::system::error_code ignored;
    // Wakes an accept that nobody came for.
    typename Protocol::socket knock(context_);
    knock.connect(acceptor_.local_endpoint(), ignored);
    knock.close(ignored);
    thread_.join();
  }

  auto endpoint() const { return acceptor_.local_endpoint(); }
  std::string received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  void serve() {
    boost::system::error_code error;
    typename Protocol::socket peer(context_);
    acceptor_.accept(peer, error);
    std::string text;
    asio::read_until(peer, asio::dynamic_buffer(text), "END", error);
    {
      const std::lock_guard lock(mutex_);
      received_ = std::move(text);
    }
    if (!answer_.empty()) {
      asio::write(peer, asio::buffer(answer_), error);
    } else {
      std::string rest;
      asio::read(peer, asio::dynamic_buffer(rest), error);
    }
  }

  asio::io_context context_;
  typename Protocol::acceptor acceptor_;
  const std::string answer_;
  mutable std::mutex mutex_;
  std::string received_;
  std::thread thread_;
};

class HookClients : public ::testing::Test {
 protected:
  HookReply post(std::string url, storage::Milliseconds timeout = storage::Milliseconds(10'000)) {
    HookRequest request;
    request.url = std::move(url);
    request.headers = {{"content-type", "application/json"}, {"webhook-id", "one"}};
    request.body = R"({"last":"END"})";
    request.timeout = timeout;
    return testing::run_on(io_, client_.post(std::move(request)));
  }
  HookReply answered(std::string answer) {
    OneAnswer<tcp> server({asio::ip::address_v4::loopback(), 0}, std::move(answer));
    return post(url_of(server.endpoint()));
  }
  static std::string url_of(const tcp::endpoint& endpoint) {
    return "http://127.0.0.1:" + std::to_string(endpoint.port()) + "/hook?x=1";
  }

  testing::TemporaryFolder folder_;
  OwnSockets own_;
  HookClient client_{own_};
  asio::io_context io_;
};

TEST_F(HookClients, PostAndTellWhatWasAnswered) {
  OneAnswer<tcp> server({asio::ip::address_v4::loopback(), 0},
                        "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"allow\":true}");
  const auto reply = post(url_of(server.endpoint()));
  EXPECT_EQ(reply.status, 200U) << reply.detail;
  EXPECT_EQ(reply.body, R"({"allow":true})");
  EXPECT_THAT(server.received(), StartsWith("POST /hook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  for (const char* line : {"\r\nConnection: close\r\n", "\r\ncontent-type: application/json\r\n",
                           "\r\nwebhook-id: one\r\n", "\r\nContent-Length: 14\r\n", "\r\nUser-Agent: nopassd/"}) {
    EXPECT_THAT(server.received(), HasSubstr(line));
  }
}

TEST_F(HookClients, CallUnixSockets) {
  const std::string path = folder_.path() / "shop.sock";
  OneAnswer<stream_protocol> server(stream_protocol::endpoint(path), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(post("unix:" + path + ":/nopass").status, 204U);
  EXPECT_THAT(server.received(), StartsWith("POST /nopass HTTP/1.1\r\nHost: localhost\r\n"));
}

TEST_F(HookClients, FollowNoRedirect) {
  EXPECT_EQ(answered("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n").status, 302U);
}

TEST_F(HookClients, ReadBodiesOfEveryKind) {
  EXPECT_EQ(answered("HTTP/1.0 200 OK\r\n\r\nto the end").body, "to the end");
  EXPECT_EQ(answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").body, "abc");
  EXPECT_EQ(answered("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").status, 201U);
}

TEST_F(HookClients, ListenToNoMoreThanAFewInterimReplies) {
  std::string flood;
  for (int i = 0; i < 50; ++i) flood += "HTTP/1.1 100 Continue\r\n\r\n";
  const auto reply = answered(flood + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(reply.status, 0U);
  EXPECT_THAT(reply.detail, HasSubstr("interim"));
}

TEST_F(HookClients, TakeAStatusThatIsNoneForAFailure) {
  const auto reply = answered("HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(reply.status, 0U);
  EXPECT_NE(reply.detail, "");
}

TEST_F(HookClients, KeepTheStatusOfWhatIsTooLarge) {
  const auto reply = answered("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\nabc");
  EXPECT_EQ(reply.status, 200U) << reply.detail;
  EXPECT_LE(reply.body.size(), HookClient::most_body);
  const auto chunked = answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" +
                                std::string(0x20000, 'a') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.status, 200U) << chunked.detail;
  EXPECT_LE(chunked.body.size(), HookClient::most_body);
}

TEST_F(HookClients, SurviveWhateverIsNoHttp) {
  for (const std::string& answer :
       {std::string("nonsense\r\n\r\n"), "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), std::string("HTTP/1.1 200"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")}) {
    const auto reply = answered(answer);
    EXPECT_EQ(reply.status, 0U) << answer.substr(0, 40);
    EXPECT_THAT(reply.detail, StartsWith("cannot read the reply: "));
  }
}

TEST_F(HookClients, SayWhyNobodyAnswered) {
  tcp::acceptor nobody(io_, {asio::ip::address_v4::loopback(), 0});
  const auto url = url_of(nobody.local_endpoint());
  nobody.close();
  EXPECT_EQ(post(url).detail, "cannot connect: Connection refused");
  EXPECT_EQ(post("unix:" + (folder_.path() / "none.sock").string()).detail,
            "cannot connect: No such file or directory");
  EXPECT_THAT(post("http://no-such-host.invalid/").detail, StartsWith("cannot find the host: "));
  EXPECT_EQ(post("ftp://x/").detail, "the URL is none of a hook");
}

TEST_F(HookClients, EndWithinTheTimeout) {
  OneAnswer<tcp> server({asio::ip::address_v4::loopback(), 0}, "");
  const auto began = std::chrono::steady_clock::now();
  const auto reply = post(url_of(server.endpoint()), storage::Milliseconds(200));
  EXPECT_EQ(reply.status, 0U);
  EXPECT_EQ(reply.detail, "no answer within 0.2 s");
  EXPECT_GE(reply.took, storage::Milliseconds(200));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
}

TEST_F(HookClients, AreStoppedInTheMiddleAndForGood) {
  OneAnswer<tcp> server({asio::ip::address_v4::loopback(), 0}, "");
  asio::steady_timer soon(io_, std::chrono::milliseconds(100));
  soon.async_wait([this](auto) { client_.stop(); });
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 2; ++i) {
    const auto reply = post(url_of(server.endpoint()));
    EXPECT_EQ(reply.status, 0U);
    EXPECT_EQ(reply.detail, "");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
}

TEST_F(HookClients, NeverCallTheDaemonsOwnSockets) {
  const std::string path = folder_.path() / "site.sock";
  const std::string link = folder_.path() / "link.sock";
  OneAnswer<stream_protocol> unix_server(stream_protocol::endpoint(path), "HTTP/1.1 204 No Content\r\n\r\n");
  OneAnswer<tcp> server({asio::ip::address_v4::loopback(), 0}, "HTTP/1.1 204 No Content\r\n\r\n");
  std::filesystem::create_symlink(path, link);
  own_.paths = {path};
  own_.endpoints = {server.endpoint()};
  const auto port = std::to_string(server.endpoint().port());
  const std::string why = "leads to one of the daemon's own sockets";
  for (const auto& url : {"unix:" + path + ":/v1", "unix:" + link, "http://127.0.0.1:" + port + "/",
                          "http://[::ffff:127.0.0.1]:" + port + "/", "http://0.0.0.0:" + port + "/"}) {
    EXPECT_EQ(client_.objection(url), why) << url;
    EXPECT_EQ(post(url).detail, why) << url;
  }
  EXPECT_EQ(client_.objection("http://localhost:" + port + "/"), why);
  EXPECT_EQ(client_.objection("http://127.0.0.2:" + port + "/"), "");
  EXPECT_EQ(client_.objection("https://shop.example/"), "");
  EXPECT_EQ(unix_server.received() + server.received(), "");
}

TEST(OwnSockets, OnEveryAddressAreOnEachOfThisMachine) {
  const auto at = [](const char* host) { return tcp::endpoint(asio::ip::make_address(host), 443); };
  OwnSockets own;
  own.endpoints = {at("0.0.0.0")};
  const auto elsewhere = asio::ip::make_address("192.0.2.9");
  EXPECT_TRUE(own.has(at("127.0.0.2"), elsewhere));
  EXPECT_TRUE(own.has(at("192.0.2.9"), elsewhere));
  EXPECT_TRUE(own.has(at("::ffff:192.0.2.9"), elsewhere));
  EXPECT_FALSE(own.has(at("192.0.2.1"), elsewhere));
  EXPECT_FALSE(own.has(at("::1"), elsewhere));
  own.endpoints = {at("::")};
  EXPECT_TRUE(own.has(at("::1"), elsewhere));
  EXPECT_TRUE(own.has(at("127.0.0.1"), elsewhere));
  EXPECT_FALSE(own.has(tcp::endpoint(asio::ip::make_address("127.0.0.1"), 444), elsewhere));
}

}  // namespace
}  // namespace nopassd::daemon
