#pragma once
// Questions to the site. Functions throw as throw_database_error does, and std::logic_error for a change to a question
// that is not there.
#include "storage/snapshot.hpp"
#include "storage/sqlite/connection.hpp"

namespace nopassd::storage {

class QuestionTable {
 public:
  explicit QuestionTable(Connection& connection) : connection_(connection) {}

  std::optional<Question> find(std::string_view id);
  /// The one asked last under this key.
  std::optional<Question> find_by_key(const Digest& key);
  /// Those that may still be answered at `now`.
  std::size_t count_open(TimePoint now);
  std::vector<Question> open(TimePoint now, std::size_t limit);
  std::vector<Question> past_deadline(TimePoint now, std::size_t limit);

  void add(const Question& question);
  void update(const Question& question);
  /// Removes those no longer open, the oldest first; returns how many.
  std::size_t remove_ended(TimePoint before, std::size_t limit);
  /// Wipes what questions about a user hold of his person.
  void forget_user(std::string_view user_id);

 private:
  Connection& connection_;
};

}  // namespace nopassd::storage
