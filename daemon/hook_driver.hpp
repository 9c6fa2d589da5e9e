#pragma once
// Drives the hooks: a coroutine for each, and one that puts questions to those that answer.
#include "daemon/in_force.hpp"
#include "daemon/io_pool.hpp"
#include "daemon/log.hpp"
#include "handlers/site/hook_delivery.hpp"
#include "handlers/site/hook_questions.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace nopassd::daemon {

/// Thread-safe. Its coroutines run on the pool's contexts and end when Notifications stop and the HookCaller does;
/// it outlives them, and the store.
class HookDriver {
 public:
  /// Uses nothing of what it is given before run().
  HookDriver(const handlers::site::Services& services, const ConfigHolder& in_force, IoPool& pool, Log& log)
      : services_(services), in_force_(in_force), pool_(pool), log_(log) {}

  /// Until the daemon stops.
  boost::asio::awaitable<void> run();
  /// Called on the writer thread after each commit: whether anybody answers questions is right before whoever changed
  /// a hook is told that he has.
  void committed(const storage::CommitNotice& notice);
  /// How many coroutines have not ended.
  std::int64_t busy() const { return busy_.value(); }

 private:
  using Subscriber = std::unique_ptr<handlers::Subscription>;
  struct Delivery;

  boost::asio::awaitable<bool> begin_new();
  boost::asio::awaitable<void> drive(std::string name);
  enum class End { gone, stopping };
  boost::asio::awaitable<End> serve(const std::string& name);
  boost::asio::awaitable<void> rest(handlers::Subscription& subscription, const handlers::site::HookTurn& turn,
                                    const std::string& name);
  boost::asio::awaitable<void> pass_questions(Subscriber subscription);
  boost::asio::awaitable<void> put_question(std::string id);
  boost::asio::awaitable<void> put_question_to(handlers::site::HookQuestion asked);

  Subscriber subscribe_to(std::vector<std::string> types);
  bool enter(const std::string& name);
  void leave(const std::string& name);
  boost::asio::awaitable<bool> is_there(std::string name);
  void complain(std::string_view name, std::string_view why);

  const handlers::site::Services& services_;
  const ConfigHolder& in_force_;
  IoPool& pool_;
  Log& log_;
  handlers::Gauge busy_;
  std::mutex mutex_;
  std::set<std::string> driven_;
  std::set<std::string> answering_;
  Subscriber seat_;  // held while any hook answers
};

}  // namespace nopassd::daemon
