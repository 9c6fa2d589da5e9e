#include "handlers/site/readers.hpp"

#include <utility>

namespace nopassd::handlers::site {

Readers::Place::Place(Place&& other) noexcept
    : owner_(other.owner_), name_(std::move(other.name_)), taken_(std::exchange(other.taken_, false)) {}

Readers::Place::~Place() {
  if (taken_) owner_->give_back(name_);
}

Readers::Place Readers::take(std::string_view consumer) {
  std::string name(consumer);
  const std::lock_guard lock(mutex_);
  const bool taken = reading_.insert(name).second;
  return {*this, std::move(name), taken};
}

void Readers::give_back(const std::string& consumer) {
  const std::lock_guard lock(mutex_);
  reading_.erase(consumer);
}

}  // namespace nopassd::handlers::site
