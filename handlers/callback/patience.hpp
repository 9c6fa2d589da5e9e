#pragma once
// Late knowledge: how many requests may wait for an authId or otp to become known. callbacks.md, "Late knowledge".
#include "handlers/callback/lines.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace nopassd::handlers::callback {

/// Thread-safe.
class Patience {
 public:
  static constexpr std::size_t most_at_once = 256;
  static constexpr std::size_t most_for_one_caller = 16;

  /// Holds one place; gives it back when destroyed. False when there was none left.
  class Place {
   public:
    Place(Patience& owner, std::string caller, bool taken);
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();
    explicit operator bool() const { return taken_; }

   private:
    Patience* owner_;
    std::string caller_;
    bool taken_;
  };

  Place take(std::string_view caller);
  /// The order of those that name the same key.
  Lines& lines() { return lines_; }

 private:
  void give_back(const std::string& caller);

  Lines lines_;
  std::mutex mutex_;
  std::size_t waiting_ = 0;
  std::map<std::string, std::size_t, std::less<>> by_caller_;
};

}  // namespace nopassd::handlers::callback
