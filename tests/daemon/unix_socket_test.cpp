#include "daemon/unix_socket.hpp"

#include "daemon/peers.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace nopassd::daemon {
namespace {

using boost::asio::local::stream_protocol;
using handlers::site::Scope;

class SiteSocket : public testing::Test {
 protected:
  SiteSocket() {
    std::string name = (std::filesystem::temp_directory_path() / "nopassd-socket-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    config_.path = folder_ / "site.sock";
  }
  ~SiteSocket() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  SocketConfig config_;
  boost::asio::io_context context_;
};

TEST_F(SiteSocket, HasTheConfiguredMode) {
  config_.mode = 0620;
  const auto acceptor = listen_on(context_, config_);
  struct stat found {};
  ASSERT_EQ(stat(config_.path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0620U);
}

TEST_F(SiteSocket, ReplacesALeftover) {
  { auto gone = listen_on(context_, config_); }
  ASSERT_TRUE(std::filesystem::exists(config_.path));
  EXPECT_NO_THROW(listen_on(context_, config_));
}

TEST_F(SiteSocket, IsNotTakenFromAnotherProcess) {
  const auto used = listen_on(context_, config_);
  EXPECT_THROW(listen_on(context_, config_), std::runtime_error);
}

TEST_F(SiteSocket, DoesNotReplaceAFileThatIsNoSocket) {
  std::ofstream(config_.path) << "precious";
  EXPECT_THROW(listen_on(context_, config_), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_regular_file(config_.path));
}

TEST_F(SiteSocket, SaysWhatToDoWhenTheFolderIsMissing) {
  config_.path = folder_ / "nowhere" / "site.sock";
  try {
    listen_on(context_, config_);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("folder must exist"), std::string::npos) << error.what();
  }
}

TEST_F(SiteSocket, NamesItsPeer) {
  auto acceptor = listen_on(context_, config_);
  stream_protocol::socket client(context_);
  client.connect(stream_protocol::endpoint(config_.path));
  auto server = acceptor.acceptor.accept();
  const auto credentials = peer_credentials(server.native_handle());
  EXPECT_EQ(credentials.uid, getuid());
  EXPECT_EQ(credentials.gid, getgid());
}

SiteClient client_with(std::optional<std::uint32_t> uid, std::string group, Scope scope) {
  SiteClient client;
  client.uid = uid;
  client.group = std::move(group);
  client.scopes.set(static_cast<std::size_t>(scope));
  return client;
}

TEST(PeerTable, GivesRootAndItsOwnUserEveryScope) {
  const PeerTable table({}, 990);
  EXPECT_TRUE(table.judge({0, 0, {}}).scopes.all());
  EXPECT_TRUE(table.judge({990, 990, {}}).scopes.all());
}

TEST(PeerTable, DoesNotKnowOthers) {
  const PeerTable table({client_with(33, "", Scope::events_read)}, 990);
  const auto peer = table.judge({34, 34, {}});
  EXPECT_FALSE(peer.known);
  EXPECT_TRUE(peer.scopes.none());
}

TEST(PeerTable, GrantsTheUnionOfWhatMatches) {
  const PeerTable table({client_with(33, "", Scope::events_read), client_with({}, "daemon", Scope::users_read),
                         client_with(77, "", Scope::admin)},
                        990);
  const auto peer = table.judge({33, 33, {1}});
  EXPECT_TRUE(peer.known);
  EXPECT_EQ(peer.principal, "uid:33");
  EXPECT_TRUE(has(peer.scopes, Scope::events_read));
  EXPECT_TRUE(has(peer.scopes, Scope::users_read)) << "group daemon is 1 on Debian, here a supplementary one";
  EXPECT_FALSE(has(peer.scopes, Scope::admin));
}

TEST(PeerTable, RefusesAUserOrGroupThatDoesNotExist) {
  SiteClient client;
  client.user = "no-such-user-here";
  EXPECT_THROW(PeerTable({client}, 990), std::runtime_error);
  EXPECT_THROW(PeerTable({client_with({}, "no-such-group-here", Scope::admin)}, 990), std::runtime_error);
}

}  // namespace
}  // namespace nopassd::daemon
