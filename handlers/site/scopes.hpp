#pragma once
// What a client of the site API may do: docs/site-api.md, "Who is it".
#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>

namespace nopassd::handlers::site {

enum class Scope : std::size_t {
  events_read,
  sessions_read,
  sessions_write,
  registrations_read,
  registrations_write,
  users_read,
  users_email_read,
  users_phone_read,
  users_data_read,
  users_write,
  questions_answer,
  portal_read,
  portal_credentials_read,
  admin
};

inline constexpr std::array<std::string_view, 14> scope_names = {"events:read",
                                                                 "sessions:read",
                                                                 "sessions:write",
                                                                 "registrations:read",
                                                                 "registrations:write",
                                                                 "users:read",
                                                                 "users:email:read",
                                                                 "users:phone:read",
                                                                 "users:data:read",
                                                                 "users:write",
                                                                 "questions:answer",
                                                                 "portal:read",
                                                                 "portal:credentials:read",
                                                                 "admin"};

using Scopes = std::bitset<scope_names.size()>;

inline bool has(const Scopes& scopes, Scope scope) { return scopes.test(static_cast<std::size_t>(scope)); }
inline Scopes all_scopes() { return Scopes{}.set(); }
constexpr std::optional<Scope> scope_named(std::string_view name) {
  for (std::size_t i = 0; i < scope_names.size(); ++i) {
    if (scope_names[i] == name) return static_cast<Scope>(i);
  }
  return std::nullopt;
}

}  // namespace nopassd::handlers::site
