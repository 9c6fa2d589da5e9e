#include "storage/events.hpp"

namespace nopassd::storage {

namespace {

std::string join(std::string_view kind, std::string_view separator, std::string_view name) {
  std::string joined(kind);
  joined += separator;
  joined += name;
  return joined;
}

void put(boost::json::object& data, std::string_view member, std::string_view value) {
  if (!value.empty()) data[member] = value;
}

}  // namespace

const std::vector<std::string_view>& event_types() {
  static const std::vector<std::string_view> types{"portal.challenged",
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
  return types;
}

const std::vector<std::string_view>& live_event_types() {
  static const std::vector<std::string_view> types{"session.picture", "question.asked"};
  return types;
}

EventDraft portal_event(std::string_view name, std::string_view caller) {
  EventDraft draft{join("portal", ".", name), "portal", {}};
  put(draft.data, "caller", caller);
  return draft;
}

EventDraft session_event(std::string_view name, const Session& session) {
  EventDraft draft{join("session", ".", name), join("session", "/", session.id), {}};
  draft.data["sessionId"] = session.id;
  put(draft.data, "userId", session.user_id);
  put(draft.data, "externalId", session.external_id);
  if (name == "denied") put(draft.data, "reason", session.reason);
  return draft;
}

EventDraft registration_event(std::string_view name, const Registration& registration) {
  EventDraft draft{join("registration", ".", name), join("registration", "/", registration.id), {}};
  draft.data["registrationId"] = registration.id;
  put(draft.data, "userId", registration.user_id);
  put(draft.data, "externalId", registration.external_id);
  draft.data["by"] = name_of(registration.started_by);
  return draft;
}

EventDraft user_event(std::string_view name, const User& user) {
  EventDraft draft{join("user", ".", name), join("user", "/", user.id), {}};
  draft.data["userId"] = user.id;
  put(draft.data, "externalId", user.external_id);
  return draft;
}

}  // namespace nopassd::storage
