#pragma once
// How many connections each stranger holds: a peer that is neither allowed nor a proxy.
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace nopassd::daemon {

/// Thread-safe. Outlives its places.
class StrangerPlaces {
 public:
  explicit StrangerPlaces(std::size_t most_each) : most_each_(most_each) {}

  /// A place for one connection, given back when the last reference goes; nothing when this peer holds enough.
  std::shared_ptr<void> take(const std::string& key) {
    const std::lock_guard lock(mutex_);
    auto& count = counts_[key];
    if (count >= most_each_) return nullptr;
    ++count;
    return {this, [this, key](void*) { give_back(key); }};
  }

 private:
  void give_back(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(key);
    if (--found->second == 0) counts_.erase(found);
  }

  const std::size_t most_each_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace nopassd::daemon
