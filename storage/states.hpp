#pragma once
// The states that records can be in, and their names in the site API and in the database.
#include <optional>
#include <string_view>

namespace nopassd::storage {

enum class PortalState { unregistered, registered, disabled };
enum class SessionState { pending, authorized, open, closed, denied, expired, cancelled };
enum class RegistrationState { started, validated, refused, confirmed, expired };
enum class UserState { active, deleting, deleted };
enum class QuestionState { open, answered, expired };
/// Who started a session or registration, or closed a session.
enum class Party { nopass, site, daemon_operator };

std::string_view name_of(PortalState state);
std::string_view name_of(SessionState state);
std::string_view name_of(RegistrationState state);
std::string_view name_of(UserState state);
std::string_view name_of(QuestionState state);
/// `nopass`, `site` or `operator`.
std::string_view name_of(Party party);

/// The reverse of name_of, for the enums above; nothing for an unknown name.
template <class State>
std::optional<State> state_named(std::string_view name);
template <>
std::optional<PortalState> state_named(std::string_view name);
template <>
std::optional<SessionState> state_named(std::string_view name);
template <>
std::optional<RegistrationState> state_named(std::string_view name);
template <>
std::optional<UserState> state_named(std::string_view name);
template <>
std::optional<QuestionState> state_named(std::string_view name);
template <>
std::optional<Party> state_named(std::string_view name);

}  // namespace nopassd::storage
