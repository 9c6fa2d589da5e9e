#include "handlers/callback/patience.hpp"

#include <utility>

namespace nopassd::handlers::callback {

Patience::Place::Place(Patience& owner, std::string caller, bool taken)
    : owner_(&owner), caller_(std::move(caller)), taken_(taken) {}

Patience::Place::Place(Place&& other) noexcept
    : owner_(other.owner_), caller_(std::move(other.caller_)), taken_(std::exchange(other.taken_, false)) {}

Patience::Place::~Place() {
  if (taken_) owner_->give_back(caller_);
}

Patience::Place Patience::take(std::string_view caller) {
  const std::lock_guard lock(mutex_);
  const auto known = by_caller_.find(caller);
  const std::size_t of_caller = known == by_caller_.end() ? 0 : known->second;
  if (waiting_ >= most_at_once || of_caller >= most_for_one_caller) return {*this, {}, false};
  ++waiting_;
  by_caller_[std::string(caller)] = of_caller + 1;
  return {*this, std::string(caller), true};
}

void Patience::give_back(const std::string& caller) {
  const std::lock_guard lock(mutex_);
  --waiting_;
  const auto known = by_caller_.find(caller);
  if (--known->second == 0) by_caller_.erase(known);
}

}  // namespace nopassd::handlers::callback
