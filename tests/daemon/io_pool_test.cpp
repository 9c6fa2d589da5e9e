#include "daemon/io_pool.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace nopassd::daemon {
namespace {

TEST(IoPool, GoesOnAfterAnExceptionCameOutOfALoop) {
  std::vector<std::string> faults;
  IoPool pool(1, [&faults](std::string_view why) { faults.emplace_back(why); });
  bool reached = false;
  boost::asio::post(pool.first(), []() { throw std::runtime_error("out of a handler"); });
  boost::asio::post(pool.first(), [&]() {
    reached = true;
    pool.stop();
  });
  pool.run();
  EXPECT_TRUE(reached);
  EXPECT_EQ(faults, std::vector<std::string>{"out of a handler"});
}

TEST(IoPool, GivesItsLoopsOutInTurn) {
  IoPool pool(2, [](std::string_view) {});
  auto& one = pool.next();
  auto& other = pool.next();
  EXPECT_NE(&one, &other);
  EXPECT_EQ(&pool.next(), &one);
}

}  // namespace
}  // namespace nopassd::daemon
