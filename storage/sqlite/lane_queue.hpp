#pragma once
// Two queues, one a lane, with one way out: callbacks first, the site never forgotten.
#include "storage/lane.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <vector>

namespace nopassd::storage {

/// Keeps the order within a lane; each holds at most `limit` jobs. A Job may have `bool alone() const`: then it is
/// taken by itself. Not thread-safe.
template <class Job>
class LaneQueue {
 public:
  /// The site, when it waits, has this part of every batch, and where that leaves it nothing, every so many batches the
  /// first place.
  static constexpr std::size_t site_share = 8;

  explicit LaneQueue(std::size_t limit) : limit_(limit) {}

  /// False, and `job` is left as it was, when its lane is full.
  bool push(Lane lane, Job& job) {
    auto& queue = of(lane);
    if (queue.size() >= limit_) return false;
    queue.push_back(std::move(job));
    return true;
  }
  bool empty() const { return size(Lane::callback) + size(Lane::site) == 0; }
  std::size_t size(Lane lane) const { return lanes_[static_cast<std::size_t>(lane)].size(); }

  /// The next batch, of at most `most` jobs.
  std::vector<Job> take(std::size_t most) {
    std::vector<Job> batch;
    auto &callbacks = of(Lane::callback), &site = of(Lane::site);
    const std::size_t waited = site.size();
    const std::size_t share =
        waited == 0 || most < 2 ? 0 : std::min(waited, std::max<std::size_t>(1, most / site_share));
    if (waited > 0 && passed_over_ + 1 >= site_share) move(site, batch, std::max<std::size_t>(1, share));
    const bool site_was_first = site.size() < waited;
    move(callbacks, batch, site_was_first ? most : most - share);
    move(site, batch, most);
    passed_over_ = waited > 0 && site.size() == waited ? passed_over_ + 1 : 0;
    return batch;
  }

 private:
  using Queue = std::deque<Job>;

  static bool is_alone(const Job& job) {
    if constexpr (requires { job.alone(); }) return job.alone();
    return false;
  }

  Queue& of(Lane lane) { return lanes_[static_cast<std::size_t>(lane)]; }

  /// Until the batch has `most`, or one comes that is to be alone.
  static void move(Queue& from, std::vector<Job>& batch, std::size_t most) {
    while (!from.empty() && batch.size() < most) {
      if (!batch.empty() && (is_alone(batch.front()) || is_alone(from.front()))) return;
      batch.push_back(std::move(from.front()));
      from.pop_front();
    }
  }

  const std::size_t limit_;
  std::array<Queue, 2> lanes_;
  std::size_t passed_over_ = 0;  // batches in a row without any of the site's, which waited
};

}  // namespace nopassd::storage
