#pragma once
// The site API over a real store in a temporary folder, with a clock that the test turns and no network.
#include "handlers/site/quotas.hpp"
#include "handlers/site/readers.hpp"
#include "handlers/site/site.hpp"
#include "handlers/site/storage_check.hpp"
#include "tests/handlers/site/fake_hook_caller.hpp"
#include "tests/handlers/site/fake_nopass_caller.hpp"
#include "tests/handlers/site/fake_notifications.hpp"
#include "tests/handlers/site/fake_operations.hpp"
#include "tests/handlers/site/fake_stream.hpp"
#include "tests/storage/temporary_store.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nopassd::testing {

namespace json = boost::json;
namespace site = handlers::site;

/// A request that owns its texts. `target` holds the query; a body is JSON unless content_type says otherwise.
struct Ask {
  std::string method;
  std::string target;
  std::string body;
  std::string content_type = "application/json";
  std::string content_encoding = {}, accept = {}, authorization = {}, if_none_match = {}, last_event_id = {};
  bool forwarded = false;
};

/// A request under way on the fixture's io_context.
struct Pending {
  Ask ask;
  site::Peer peer;
  FakeStream stream;
  std::optional<handlers::Reply> reply;
};

class SiteTest : public ::testing::Test {
 protected:
  SiteTest();

  handlers::Reply call(Ask ask);
  handlers::Reply get(std::string target) { return call({"GET", std::move(target), {}}); }
  handlers::Reply post(std::string target, std::string body) {
    return call({"POST", std::move(target), std::move(body)});
  }
  handlers::Reply put(std::string target, std::string body) {
    return call({"PUT", std::move(target), std::move(body)});
  }
  handlers::Reply remove(std::string target) { return call({"DELETE", std::move(target), {}}); }

  std::shared_ptr<Pending> begin(Ask ask);
  /// Runs what is pending until `done` says true; a test failure after ten seconds.
  template <class Predicate>
  void run_until(Predicate done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    io.restart();
    while (!done()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "this never came about";
      io.run_one_for(std::chrono::milliseconds(50));
      if (io.stopped()) io.restart();
    }
  }
  /// Until it has its reply.
  handlers::Reply finish(const std::shared_ptr<Pending>& pending);

  template <class Work>
  auto transact(Work work) {
    return run_on(io, store->transact(std::move(work))).value();
  }

  const site::Services& services() const { return services_; }
  void register_portal();
  /// Adds an active user and returns his id.
  std::string add_user(std::string login, std::string external_id = "");
  /// Appends `count` events `portal.challenged`.
  void append_events(int count, std::string type = "portal.challenged");
  void grant(std::initializer_list<site::Scope> scopes);

  TemporaryFolder folder;
  ManualClock clock;
  FakeNotifications hub;
  handlers::Settings settings;
  storage::Random random = storage::system_random();
  site::Readers readers;
  site::Quotas quotas{1000};
  site::StorageCheck storage_check;
  handlers::Metrics metrics;
  FakeHookCaller hook_caller;
  FakeOperations operations;
  FakeNopassCaller nopass;
  handlers::OwnCalls own_calls;
  site::Peer peer;
  // What is still pending goes with io: after the store, whose threads post there, and before what it refers to.
  boost::asio::io_context io;
  std::unique_ptr<storage::Store> store;

 private:
  std::unique_ptr<storage::Store> open();
  const site::Services services_;
};

std::string header(const handlers::Reply& reply, std::string_view name);
json::object body_of(const handlers::Reply& reply);
std::string text_of(const json::object& object, std::string_view member);
/// The pointers of a problem's errors, in order.
std::vector<std::string> pointers(const handlers::Reply& reply);
/// Whether it is a problem+json that says this status.
::testing::AssertionResult is_problem(const handlers::Reply& reply, unsigned status);

}  // namespace nopassd::testing
