#include "storage/sqlite/lane_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nopassd::storage {
namespace {

using ::testing::ElementsAre;

struct Job {
  std::string name;
  bool by_itself = false;
  bool alone() const { return by_itself; }
};

class Lanes : public ::testing::Test {
 protected:
  void add(Lane lane, std::string name, bool by_itself = false) {
    Job job{std::move(name), by_itself};
    EXPECT_TRUE(queue.push(lane, job));
  }
  void add_many(Lane lane, const std::string& prefix, int count) {
    for (int i = 1; i <= count; ++i) add(lane, prefix + std::to_string(i));
  }
  std::vector<std::string> take(std::size_t most) {
    std::vector<std::string> names;
    for (const Job& job : queue.take(most)) names.push_back(job.name);
    return names;
  }
  LaneQueue<Job> queue{100};
};

TEST_F(Lanes, TakeCallbacksFirstAndEachLaneInOrder) {
  add_many(Lane::site, "s", 2);
  add_many(Lane::callback, "c", 2);
  EXPECT_THAT(take(10), ElementsAre("c1", "c2", "s1", "s2"));
  EXPECT_TRUE(queue.empty());
}

TEST_F(Lanes, LeaveTheSiteAnEighthOfEveryBatch) {
  add_many(Lane::site, "s", 10);
  add_many(Lane::callback, "c", 30);
  EXPECT_THAT(take(8), ElementsAre("c1", "c2", "c3", "c4", "c5", "c6", "c7", "s1"));
  const auto batch = take(16);
  EXPECT_EQ(batch.front(), "c8");
  EXPECT_EQ(std::count_if(batch.begin(), batch.end(), [](const std::string& name) { return name[0] == 's'; }), 2);
}

TEST_F(Lanes, GiveCallbacksTheWholeBatchWhenTheSiteWantsNothing) {
  add_many(Lane::callback, "c", 8);
  EXPECT_EQ(take(8).size(), 8U);
}

TEST_F(Lanes, GiveTheSiteWhatCallbacksLeave) {
  add_many(Lane::site, "s", 8);
  add(Lane::callback, "c");
  EXPECT_THAT(take(4), ElementsAre("c", "s1", "s2", "s3"));
}

TEST_F(Lanes, LetTheSiteHaveEveryEighthTurnWhereOneIsTakenAtATime) {
  add_many(Lane::site, "s", 2);
  add_many(Lane::callback, "c", 14);
  std::vector<std::string> order;
  for (int i = 0; i < 16; ++i) order.push_back(take(1).at(0));
  EXPECT_EQ(order[7], "s1");
  EXPECT_EQ(order[15], "s2");
}

TEST_F(Lanes, TakeWhatIsToBeAloneByItself) {
  add(Lane::callback, "c1");
  add(Lane::callback, "big", true);
  add(Lane::callback, "c2");
  EXPECT_THAT(take(8), ElementsAre("c1"));
  EXPECT_THAT(take(8), ElementsAre("big"));
  EXPECT_THAT(take(8), ElementsAre("c2"));
}

TEST_F(Lanes, LetTheSiteOnBesideACallbackThatWaitsToBeAlone) {
  add(Lane::callback, "c1");
  add(Lane::callback, "big", true);
  add(Lane::site, "s1");
  EXPECT_THAT(take(8), ElementsAre("c1", "s1"));
  add(Lane::site, "s2");
  EXPECT_THAT(take(8), ElementsAre("big"));
  EXPECT_THAT(take(8), ElementsAre("s2"));
}

TEST_F(Lanes, NeverForgetTheSiteWhileCallbacksAreAlone) {
  add(Lane::site, "s");
  for (int i = 0; i < 20; ++i) add(Lane::callback, "big", true);
  std::vector<std::string> order;
  for (int i = 0; i < 8; ++i) order.push_back(take(8).at(0));
  EXPECT_EQ(order.back(), "s");
}

TEST_F(Lanes, NeverForgetSiteWorkThatIsToBeAlone) {
  add(Lane::site, "big", true);
  add_many(Lane::callback, "c", 60);
  std::vector<std::vector<std::string>> batches;
  for (int i = 0; i < 8; ++i) batches.push_back(take(4));
  EXPECT_THAT(batches.back(), ElementsAre("big"));
}

TEST_F(Lanes, AreFullEachForItself) {
  add_many(Lane::site, "s", 100);
  Job job{"one more"};
  EXPECT_FALSE(queue.push(Lane::site, job));
  EXPECT_EQ(job.name, "one more");
  EXPECT_TRUE(queue.push(Lane::callback, job));
  EXPECT_EQ(queue.size(Lane::site), 100U);
  EXPECT_EQ(queue.size(Lane::callback), 1U);
}

}  // namespace
}  // namespace nopassd::storage
