// The table of retries: answered as before, nothing changes, nothing is raised.
#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

class EveryRetry : public CallbackTest, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(EveryRetry, IsAnsweredAsBeforeAndChangesNothing) {
  prepare(GetParam());
  const Reply first = post(names.at(GetParam()), good_body(GetParam()));
  ASSERT_EQ(first.status, 200U);
  take_live();
  const std::string after = world();
  for (int i = 0; i < 3; ++i) {
    const Reply again = post(names.at(GetParam()), good_body(GetParam()));
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.content_type, first.content_type);
  }
  EXPECT_EQ(world(), after);
  EXPECT_TRUE(take_live().empty());
}

TEST_P(EveryRetry, IsStillRecognisedAfterARestart) {
  prepare(GetParam());
  const Reply first = post(names.at(GetParam()), good_body(GetParam()));
  const std::string after = world();
  const auto clock_now = store.clock.now();
  const auto again = storage::open_sqlite([&] {
    store.close();
    storage::SqliteOptions options = store.options();
    options.clock = [clock_now] { return clock_now; };
    options.on_commit = [](const storage::CommitNotice&) {};
    return options;
  }());
  const Services restarted{*again, hub, settings, random, patience, metrics, own_calls};
  const std::string path = std::string(path_root) + std::string(names.at(GetParam()));
  const std::string body = good_body(GetParam());
  Request request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  request.caller = console;
  EXPECT_EQ(store.run(handle(restarted, request)).body, first.body);
}

INSTANTIATE_TEST_SUITE_P(Callback, EveryRetry, ::testing::Range<std::size_t>(0, names.size()), row_name);

}  // namespace
}  // namespace nopassd::handlers::callback
