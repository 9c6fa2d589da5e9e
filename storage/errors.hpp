#pragma once
#include <boost/system/error_code.hpp>

#include <stdexcept>

namespace nopassd::storage {

/// Why a transaction did not happen. In every case nothing was changed.
enum class errc {
  unavailable = 1,  // cannot commit now: disk full, I/O error, locked by another process
  overloaded,       // too much is queued
  stopped,          // the store is closing
  defect,           // the work threw: a fault of the program, logged by the store
};

const boost::system::error_category& store_category();
inline boost::system::error_code make_error_code(errc code) { return {static_cast<int>(code), store_category()}; }

/// Thrown by Snapshot and Transaction when the database itself fails; never caught by work.
class StoreFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace nopassd::storage

template <>
struct boost::system::is_error_code_enum<nopassd::storage::errc> : std::true_type {};
