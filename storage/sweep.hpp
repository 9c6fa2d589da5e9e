#pragma once
// Writes down what is already true (expiry), and forgets what is no longer needed. State never depends on it having
// run.
#include "storage/transaction.hpp"

namespace nopassd::storage {

/// One small step: at most `limit` records of each kind. Returns how many records it changed or removed: 0 when there
/// is nothing left to do now. Raises session.expired, registration.expired, user.erased, consumer.retired.
std::size_t sweep_step(Transaction& transaction, const Retention& retention, std::size_t limit = 100);

}  // namespace nopassd::storage
