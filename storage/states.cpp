#include "storage/states.hpp"

#include <array>
#include <cstddef>

namespace nopassd::storage {

namespace {

// In the order of the enums.
constexpr std::array<std::string_view, 3> portal_states{"unregistered", "registered", "disabled"};
constexpr std::array<std::string_view, 7> session_states{"pending", "authorized", "open",     "closed",
                                                         "denied",  "expired",    "cancelled"};
constexpr std::array<std::string_view, 5> registration_states{"started", "validated", "refused", "confirmed",
                                                              "expired"};
constexpr std::array<std::string_view, 3> user_states{"active", "deleting", "deleted"};
constexpr std::array<std::string_view, 3> question_states{"open", "answered", "expired"};
constexpr std::array<std::string_view, 3> parties{"nopass", "site", "operator"};

template <class State, std::size_t Count>
std::optional<State> find(const std::array<std::string_view, Count>& names, std::string_view name) {
  for (std::size_t i = 0; i < Count; ++i) {
    if (names[i] == name) return static_cast<State>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(PortalState state) { return portal_states.at(static_cast<std::size_t>(state)); }
std::string_view name_of(SessionState state) { return session_states.at(static_cast<std::size_t>(state)); }
std::string_view name_of(RegistrationState state) { return registration_states.at(static_cast<std::size_t>(state)); }
std::string_view name_of(UserState state) { return user_states.at(static_cast<std::size_t>(state)); }
std::string_view name_of(QuestionState state) { return question_states.at(static_cast<std::size_t>(state)); }
std::string_view name_of(Party party) { return parties.at(static_cast<std::size_t>(party)); }

template <>
std::optional<PortalState> state_named(std::string_view name) {
  return find<PortalState>(portal_states, name);
}
template <>
std::optional<SessionState> state_named(std::string_view name) {
  return find<SessionState>(session_states, name);
}
template <>
std::optional<RegistrationState> state_named(std::string_view name) {
  return find<RegistrationState>(registration_states, name);
}
template <>
std::optional<UserState> state_named(std::string_view name) {
  return find<UserState>(user_states, name);
}
template <>
std::optional<QuestionState> state_named(std::string_view name) {
  return find<QuestionState>(question_states, name);
}
template <>
std::optional<Party> state_named(std::string_view name) {
  return find<Party>(parties, name);
}

}  // namespace nopassd::storage
