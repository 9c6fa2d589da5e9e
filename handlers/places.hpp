#pragma once
// How many of something each one holds, so that nobody holds all of it.
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace nopassd::handlers {

/// Thread-safe. Outlives its places.
class Places {
 public:
  explicit Places(std::size_t most_each) : most_each_(most_each) {}

  /// One place, given back when the last reference goes; nothing when `key` holds enough.
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

}  // namespace nopassd::handlers
