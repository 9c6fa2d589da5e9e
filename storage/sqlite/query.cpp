#include "storage/sqlite/query.hpp"

#include "storage/errors.hpp"
#include "storage/states.hpp"

#include <cstring>

namespace nopassd::storage {

bool Query::next() {
  read_ = 0;
  try {
    return statement_.executeStep();
  } catch (const SQLite::Exception& error) {
    throw_database_error(error);
  }
}

std::size_t Query::run() {
  while (next()) {
  }
  return static_cast<std::size_t>(connection_.changes());
}

Digest Query::digest() {
  const SQLite::Column column = statement_.getColumn(read_++);
  Digest digest{};
  if (static_cast<std::size_t>(column.getBytes()) != digest.size()) throw StoreFailure("a digest has the wrong size");
  std::memcpy(digest.data(), column.getBlob(), digest.size());
  return digest;
}

template <class State>
State state_in(Query& query) {
  const std::string name = query.text();
  const std::optional<State> state = state_named<State>(name);
  if (!state) throw StoreFailure("the database holds an unknown state: " + name);
  return *state;
}

template PortalState state_in(Query& query);
template SessionState state_in(Query& query);
template RegistrationState state_in(Query& query);
template UserState state_in(Query& query);
template QuestionState state_in(Query& query);
template Party state_in(Query& query);

}  // namespace nopassd::storage
