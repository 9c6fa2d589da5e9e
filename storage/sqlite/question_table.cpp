#include "storage/sqlite/question_table.hpp"

#include "storage/sqlite/query.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace nopassd::storage {

namespace {

namespace json = boost::json;

std::string select(std::string_view tail) {
  return fmt::format(
      "SELECT id, key, callback, user_id, members, state, verdict, reason, asked_at, deadline FROM questions {}", tail);
}

std::string packed(const std::map<std::string, std::string>& members) {
  json::object object;
  for (const auto& [name, value] : members) object[name] = value;
  return json::serialize(object);
}

std::map<std::string, std::string> unpacked(const std::string& text) {
  std::map<std::string, std::string> members;
  const json::value parsed = json::parse(text);
  for (const auto& member : parsed.as_object()) {
    const json::string& value = member.value().as_string();
    members.emplace(member.key(), std::string(value.data(), value.size()));
  }
  return members;
}

Question read_question(Query& query) {
  Question question;
  question.id = query.text();
  question.key = query.digest();
  question.callback = query.text();
  question.user_id = query.text();
  question.members = unpacked(query.text());
  question.state = state_in<QuestionState>(query);
  question.verdict = query.optional_flag();
  question.reason = query.text();
  question.asked_at = query.time();
  question.deadline = query.time();
  return question;
}

void add_values(Query& query, const Question& question) {
  query.add(question.key).add(question.callback).add(question.user_id).add(packed(question.members));
  query.add(name_of(question.state)).add(question.verdict).add(question.reason);
  query.add(question.asked_at).add(question.deadline);
}

}  // namespace

std::optional<Question> QuestionTable::find(std::string_view id) {
  static const std::string sql = select("WHERE id = ?");
  Query query(connection_, sql);
  return first_of(query.add(id), read_question);
}

std::optional<Question> QuestionTable::find_by_key(const Digest& key) {
  static const std::string sql = select("WHERE key = ? ORDER BY row DESC LIMIT 1");
  Query query(connection_, sql);
  return first_of(query.add(key), read_question);
}

std::size_t QuestionTable::count_open(TimePoint now) {
  Query query(connection_, "SELECT count(*) FROM questions WHERE state = 'open' AND deadline > ?");
  return query.add(now).next() ? static_cast<std::size_t>(query.number()) : 0;
}

std::vector<Question> QuestionTable::open(TimePoint now, std::size_t limit) {
  static const std::string sql = select("WHERE state = 'open' AND deadline > ? ORDER BY row LIMIT ?");
  Query query(connection_, sql);
  return all_of(query.add(now).add(limit), read_question);
}

std::vector<Question> QuestionTable::past_deadline(TimePoint now, std::size_t limit) {
  static const std::string sql = select("WHERE state = 'open' AND deadline <= ? ORDER BY deadline LIMIT ?");
  Query query(connection_, sql);
  return all_of(query.add(now).add(limit), read_question);
}

void QuestionTable::add(const Question& question) {
  Query query(connection_,
              "INSERT INTO questions (id, key, callback, user_id, members, state, verdict, reason, asked_at, deadline) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  add_values(query.add(question.id), question);
  query.run();
}

void QuestionTable::update(const Question& question) {
  Query query(connection_,
              "UPDATE questions SET key = ?, callback = ?, user_id = ?, members = ?, state = ?, verdict = ?, "
              "reason = ?, asked_at = ?, deadline = ? WHERE id = ?");
  add_values(query, question);
  if (query.add(question.id).run() != 1) throw std::logic_error("no such question to update");
}

std::size_t QuestionTable::remove_ended(TimePoint before, std::size_t limit) {
  Query query(connection_,
              "DELETE FROM questions WHERE row IN (SELECT row FROM questions WHERE state <> 'open' AND deadline < ? "
              "ORDER BY deadline LIMIT ?)");
  return query.add(before).add(limit).run();
}

void QuestionTable::forget_user(std::string_view user_id) {
  Query(connection_, "UPDATE questions SET members = '{}', reason = '' WHERE user_id = ? AND user_id <> ''")
      .add(user_id)
      .run();
}

}  // namespace nopassd::storage
