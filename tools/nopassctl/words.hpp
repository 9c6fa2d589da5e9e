#pragma once
// Words of the site API that completion offers. What the daemon takes is its own affair: nothing is refused here.
#include <array>
#include <string>
#include <string_view>

namespace nopassd::ctl::words {

/// Stands for the names of files.
inline constexpr std::array<std::string_view, 1> files = {":files"};

inline constexpr std::array<std::string_view, 14> scopes = {"events:read",
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

inline constexpr std::array<std::string_view, 26> event_types = {"portal.challenged",
                                                                 "portal.registered",
                                                                 "portal.disabled",
                                                                 "portal.enabled",
                                                                 "portal.registration_attacked",
                                                                 "session.started",
                                                                 "session.authorized",
                                                                 "session.denied",
                                                                 "session.redeemed",
                                                                 "session.closed",
                                                                 "session.cancelled",
                                                                 "session.expired",
                                                                 "registration.started",
                                                                 "registration.validated",
                                                                 "registration.refused",
                                                                 "registration.expired",
                                                                 "user.registered",
                                                                 "user.added",
                                                                 "user.deleted",
                                                                 "user.restored",
                                                                 "user.erased",
                                                                 "user.updated",
                                                                 "consumer.retired",
                                                                 "hook.failing",
                                                                 "hook.recovered",
                                                                 "certificate.expiring"};

inline constexpr std::array<std::string_view, 7> session_states = {"pending", "authorized", "open",     "closed",
                                                                   "denied",  "expired",    "cancelled"};
inline constexpr std::array<std::string_view, 3> user_states = {"active", "deleting", "deleted"};

inline constexpr std::string_view event_prefix = "nopass.";

/// "session.denied" and "nopass.session.denied" are the latter.
inline std::string full_type(std::string_view type) {
  return type.starts_with(event_prefix) ? std::string(type) : std::string(event_prefix) + std::string(type);
}

}  // namespace nopassd::ctl::words
