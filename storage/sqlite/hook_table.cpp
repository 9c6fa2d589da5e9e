#include "storage/sqlite/hook_table.hpp"

#include "storage/sqlite/query.hpp"

#include <fmt/format.h>

namespace nopassd::storage {

namespace {

std::string select(std::string_view tail) {
  return fmt::format(
      "SELECT name, url, answers, secret, paused, failures, told, error_time, error_status, error_detail, "
      "last_delivered_at, created_at FROM hooks {}",
      tail);
}

Hook read_hook(Query& query) {
  Hook hook;
  hook.name = query.text();
  hook.url = query.text();
  hook.answers = query.flag();
  hook.secret = query.text();
  hook.paused = query.flag();
  hook.failures = query.number();
  hook.told = query.flag();
  const auto error_time = query.optional_time();
  HookError error;
  error.status = static_cast<unsigned>(query.number());
  error.detail = query.text();
  if (error_time) {
    error.time = *error_time;
    hook.last_error = std::move(error);
  }
  hook.last_delivered_at = query.optional_time();
  hook.created_at = query.time();
  return hook;
}

void add_values(Query& query, const Hook& hook) {
  const HookError error = hook.last_error.value_or(HookError{});
  query.add(hook.url).add(hook.answers).add_bytes(hook.secret.data(), hook.secret.size()).add(hook.paused);
  query.add(hook.failures).add(hook.told);
  query.add(hook.last_error ? std::optional(error.time) : std::nullopt).add(error.status).add(error.detail);
  query.add(hook.last_delivered_at).add(hook.created_at);
}

}  // namespace

std::optional<Hook> HookTable::find(std::string_view name) {
  static const std::string sql = select("WHERE name = ?");
  Query query(connection_, sql);
  return first_of(query.add(name), read_hook);
}

std::vector<Hook> HookTable::all() {
  static const std::string sql = select("ORDER BY name");
  Query query(connection_, sql);
  return all_of(query, read_hook);
}

void HookTable::add(const Hook& hook) {
  Query query(connection_,
              "INSERT INTO hooks (name, url, answers, secret, paused, failures, told, error_time, error_status, "
              "error_detail, last_delivered_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  add_values(query.add(hook.name), hook);
  query.run();
}

void HookTable::update(const Hook& hook) {
  Query query(connection_,
              "UPDATE hooks SET url = ?, answers = ?, secret = ?, paused = ?, failures = ?, told = ?, error_time = ?, "
              "error_status = ?, error_detail = ?, last_delivered_at = ?, created_at = ? WHERE name = ?");
  add_values(query, hook);
  if (query.add(hook.name).run() != 1) throw std::logic_error("no such hook to update");
}

void HookTable::remove(std::string_view name) {
  Query query(connection_, "DELETE FROM hooks WHERE name = ?");
  if (query.add(name).run() != 1) throw std::logic_error("no such hook to remove");
}

}  // namespace nopassd::storage
