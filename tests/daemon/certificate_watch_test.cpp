#include "daemon/certificate_watch.hpp"

#include "tests/storage/temporary_store.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::daemon {
namespace {

using std::chrono::days;
using std::chrono::hours;

class ExpiringCertificate : public ::testing::Test {
 protected:
  std::optional<std::int64_t> raise() {
    return store.transact(
        [expires = expires](storage::Transaction& transaction) { return raise_expiring(transaction, expires); });
  }
  std::vector<storage::Event> events() {
    return store.read([](storage::Snapshot& snapshot) { return snapshot.events_after({}).events; });
  }
  testing::TemporaryStore store;
  storage::TimePoint expires = store.clock.now() + days(13) + hours(1);
};

TEST_F(ExpiringCertificate, IsToldOfWithTheWholeDaysThatAreLeft) {
  EXPECT_EQ(raise(), 13);
  const auto found = events();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].type, "certificate.expiring");
  EXPECT_EQ(boost::json::parse(found[0].data), (boost::json::value{{"days", 13}}));
}

TEST_F(ExpiringCertificate, IsNotToldOfWhileThereIsTime) {
  expires += hours(23);
  EXPECT_EQ(raise(), std::nullopt);
  EXPECT_TRUE(events().empty());
  store.clock.advance(hours(1));
  EXPECT_EQ(raise(), 13);
}

TEST_F(ExpiringCertificate, IsToldOfOnceADayAcrossRestarts) {
  EXPECT_EQ(raise(), 13);
  store.reopen();
  EXPECT_EQ(raise(), std::nullopt);
  store.clock.advance(days(1));
  EXPECT_EQ(raise(), 12);
  EXPECT_EQ(raise(), std::nullopt);
  EXPECT_EQ(events().size(), 2U);
}

TEST_F(ExpiringCertificate, IsToldOfAfterItsEndToo) {
  store.clock.advance(days(20));
  EXPECT_EQ(raise(), -7);
}

}  // namespace
}  // namespace nopassd::daemon
