#pragma once
// Which durable consumers are being read now: one reader at a time.
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace nopassd::handlers::site {

/// Thread-safe. Outlives its places.
class Readers {
 public:
  /// The right to read one consumer, given back when destroyed. False when somebody else has it.
  class Place {
   public:
    Place(Readers& owner, std::string name, bool taken) : owner_(&owner), name_(std::move(name)), taken_(taken) {}
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();
    explicit operator bool() const { return taken_; }

   private:
    Readers* owner_;
    std::string name_;
    bool taken_;
  };

  Place take(std::string_view consumer);

 private:
  void give_back(const std::string& consumer);

  std::mutex mutex_;
  std::set<std::string, std::less<>> reading_;
};

}  // namespace nopassd::handlers::site
