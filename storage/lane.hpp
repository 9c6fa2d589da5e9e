#pragma once
// In what way work goes to the store, and how much of it waits there.
#include <array>
#include <cstddef>
#include <cstdint>

namespace nopassd::storage {

/// `alone`: a commit of its own, for work that is large. `grouped`: shares one with whatever is queued.
enum class Commit { grouped, alone };

/// Whose work it is. Callbacks go before the site, which still has an eighth when it waits; each has a queue of its
/// own, so that one that overflows (errc::overloaded) does so for itself.
enum class Lane { callback, site };

struct Terms {
  Commit commit = Commit::grouped;
  Lane lane = Lane::site;
};

/// How much waits now, and how large the files are.
struct StoreFigures {
  std::array<std::size_t, 2> writes_queued{};  // by Lane
  std::array<std::size_t, 2> reads_queued{};
  std::uint64_t database_bytes = 0;
  std::uint64_t log_bytes = 0;  // of the write-ahead log
};

}  // namespace nopassd::storage
