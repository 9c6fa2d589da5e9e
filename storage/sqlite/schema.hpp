#pragma once
// The tables, as a list of steps from each schema version to the next.
#include "storage/random.hpp"
#include "storage/sqlite/connection.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace nopassd::storage {

/// `nopa`, in the header of every database that is ours.
inline constexpr std::int64_t application_id = 0x6e6f7061;

/// The schema that this program writes.
int known_schema_version();

/// Throws OpenError when the database belongs to another program or to a newer version of this one. Changes nothing.
void check_schema(Connection& connection, const std::string& name);

/// Carries out the missing steps, each in a transaction of its own. Throws SQLite::Exception.
void migrate(Connection& connection);

/// What a database has of its own.
struct Identity {
  std::string epoch;
  std::array<std::uint8_t, 32> key{};
};

/// Reads the identity, after making it when the database is new. Throws StoreFailure.
Identity load_identity(Connection& connection, const Random& random);

}  // namespace nopassd::storage
