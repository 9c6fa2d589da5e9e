#include "daemon/hook_driver.hpp"

#include "handlers/site/consumers.hpp"
#include "handlers/site/hook_state.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace nopassd::daemon {

namespace asio = boost::asio;
namespace site = handlers::site;
using Clock = std::chrono::steady_clock;
using Kind = site::HookTurn::Kind;

namespace {

// How long after a fault of the store or the program it is tried anew.
constexpr auto after_fault = std::chrono::seconds(5);
constexpr auto look_again = std::chrono::minutes(1);

std::string text_of(const boost::json::object& data, std::string_view member) {
  const auto* value = data.if_contains(boost::json::string_view(member.data(), member.size()));
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

/// What wakes a hook that gets these types; empty: every type.
std::vector<std::string> interest_in(std::vector<std::string> types) {
  const auto& all = storage::event_types();
  if (types.empty()) types.assign(all.begin(), all.end());
  types.emplace_back(site::hook_changed);
  return types;
}

/// Whether the hook itself was changed.
bool was_changed(handlers::Subscription& subscription, const std::string& name) {
  const auto live = subscription.take_live();
  return std::ranges::any_of(live, [&name](const auto& event) { return text_of(event.data, "name") == name; });
}

}  // namespace

void HookDriver::committed(const storage::CommitNotice& notice) {
  for (const auto& event : notice.live) {
    if (event.type != site::hook_changed) continue;
    const std::string name = text_of(event.data, "name");
    const auto* answers = event.data.if_contains("answers");
    const std::lock_guard lock(mutex_);
    if (answers != nullptr && answers->is_bool() && answers->get_bool()) {
      answering_.insert(name);
    } else {
      answering_.erase(name);
    }
    if (answering_.empty()) {
      seat_.reset();
    } else if (!seat_) {
      handlers::Interest interest;
      interest.types = {"question.asked"};
      interest.answers = true;
      interest.lingers = false;
      seat_ = services_.notifications.subscribe(std::move(interest));
    }
  }
}

HookDriver::Subscriber HookDriver::subscribe_to(std::vector<std::string> types) {
  handlers::Interest interest;
  interest.types = std::move(types);
  interest.live = true;
  return services_.notifications.subscribe(std::move(interest));
}

asio::awaitable<void> HookDriver::run() {
  const handlers::Counted counted(busy_);
  const auto changes = subscribe_to({std::string(site::hook_changed)});
  const auto executor = co_await asio::this_coro::executor;
  // Registered before anybody can learn that a hook answers.
  auto questions = subscribe_to({"question.asked"});
  asio::co_spawn(executor, pass_questions(std::move(questions)), asio::detached);
  bool greeted = false;
  while (!changes->stopping()) {
    if (!greeted) {
      const auto done = co_await services_.store.transact(site::greet_hooks);
      greeted = done.has_value();
    }
    const bool begun = co_await begin_new();
    const auto deadline = Clock::now() + (greeted && begun ? Clock::duration(look_again) : after_fault);
    co_await changes->wait(deadline);
    changes->take_live();
  }
}

asio::awaitable<bool> HookDriver::begin_new() {
  auto names = [](storage::Snapshot& snapshot) {
    std::vector<std::string> found;
    for (const storage::Hook& hook : snapshot.hooks()) found.push_back(hook.name);
    return found;
  };
  const auto found = co_await services_.store.read(std::move(names));
  if (!found) co_return false;
  for (const std::string& name : *found) {
    if (enter(name)) asio::co_spawn(pool_.next(), drive(name), asio::detached);
  }
  co_return true;
}

bool HookDriver::enter(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return driven_.insert(name).second;
}

void HookDriver::leave(const std::string& name) {
  const std::lock_guard lock(mutex_);
  driven_.erase(name);
}

void HookDriver::complain(std::string_view name, std::string_view why) {
  log_.write_limited(LogLevel::error, "a hook's coroutine failed", {{"hook", name}, {"why", why}});
}

asio::awaitable<bool> HookDriver::is_there(std::string name) {
  auto look = [name](storage::Snapshot& snapshot) { return snapshot.hook(name).has_value(); };
  const auto found = co_await services_.store.read(std::move(look));
  co_return found.has_value() && *found;
}

asio::awaitable<void> HookDriver::drive(std::string name) {
  const handlers::Counted counted(busy_);
  bool again = true;
  while (again) {
    try {
      again = co_await serve(name) == End::gone;
    } catch (const std::exception& fault) {
      // run() finds within a minute that nobody drives it.
      complain(name, fault.what());
      again = false;
    }
    leave(name);
    // One of this name that was made meanwhile may have been taken for driven.
    if (again) again = co_await is_there(name);
    if (again) again = enter(name);
  }
}

/// One turn, under the configuration that was in force when it began.
struct HookDriver::Delivery {
  Delivery(HookDriver& driver, const std::string& name)
      : in_force(driver.in_force_.get()),
        services(with_settings(driver.services_, in_force->config.handlers)),
        steps(services, name,
              std::max(in_force->config.retention.events, in_force->config.retention.consumer_timeout)) {}

  const std::shared_ptr<const InForce> in_force;
  const site::Services services;
  site::HookDelivery steps;
};

asio::awaitable<HookDriver::End> HookDriver::serve(const std::string& name) {
  std::vector<std::string> types;
  while (true) {
    // Registered before the look, so that no wake-up is lost.
    const Subscriber subscription = subscribe_to(interest_in(types));
    for (bool same = true; same;) {
      if (subscription->stopping()) co_return End::stopping;
      Delivery delivery(*this, name);
      const site::HookTurn turn = co_await delivery.steps.next();
      if (turn.kind == Kind::gone) co_return End::gone;
      if (turn.kind == Kind::failed) {
        log_.write_limited(LogLevel::info, "a hook did not take an event", {{"hook", name}, {"why", turn.detail}});
      }
      same = turn.types == types;
      types = turn.types;
      const bool rests = turn.kind == Kind::failed || turn.kind == Kind::paused || (turn.kind == Kind::idle && same);
      if (rests) co_await rest(*subscription, turn, name);
    }
  }
}

asio::awaitable<void> HookDriver::rest(handlers::Subscription& subscription, const site::HookTurn& turn,
                                       const std::string& name) {
  const auto deadline = Clock::now() + turn.pause;
  while (Clock::now() < deadline && !subscription.stopping()) {
    Delivery delivery(*this, name);
    const auto until = std::min(deadline, Clock::now() + site::seen_step(delivery.services.settings));
    const bool woken = co_await subscription.wait(until);
    if (subscription.stopping()) co_return;
    if (woken && (was_changed(subscription, name) || turn.kind == Kind::idle)) co_return;
    if (!woken && until < deadline) co_await delivery.steps.keep_seen();
  }
}

asio::awaitable<void> HookDriver::pass_questions(Subscriber subscription) {
  const handlers::Counted counted(busy_);
  const auto executor = co_await asio::this_coro::executor;
  while (!subscription->stopping()) {
    co_await subscription->wait(Clock::now() + look_again);
    if (subscription->stopping()) co_return;
    for (const auto& event : subscription->take_live()) {
      asio::co_spawn(executor, put_question(text_of(event.data, "questionId")), asio::detached);
    }
  }
}

asio::awaitable<void> HookDriver::put_question(std::string id) {
  const handlers::Counted counted(busy_);
  const auto executor = co_await asio::this_coro::executor;
  auto asked = co_await site::hooks_to_ask(services_, id);
  for (site::HookQuestion& each : asked) {
    asio::co_spawn(executor, put_question_to(std::move(each)), asio::detached);
  }
}

asio::awaitable<void> HookDriver::put_question_to(site::HookQuestion asked) {
  const handlers::Counted counted(busy_);
  const std::string name = asked.hook.name;
  try {
    const auto in_force = in_force_.get();
    const site::Services services = with_settings(services_, in_force->config.handlers);
    co_await site::ask_hook(services, std::move(asked));
  } catch (const std::exception& fault) {
    complain(name, fault.what());
  }
}

}  // namespace nopassd::daemon
