#pragma once
// What is remembered: plain values, copied in and out of a Store. Texts are UTF-8; `id`s are UUID v4.
#include "storage/login_start.hpp"
#include "storage/registration.hpp"
#include "storage/secret.hpp"
#include "storage/states.hpp"
#include "storage/time.hpp"
#include "storage/user.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nopassd::storage {

/// A good callback 1: who sent it, and when.
struct Challenge {
  std::string caller;
  TimePoint at;
  bool operator==(const Challenge&) const = default;
};

/// The registration window, in which callbacks 1 and 2 are answered.
struct Window {
  std::string admin_id;
  std::string s_code;
  TimePoint opened_at;
  TimePoint expires_at;
  std::optional<Challenge> challenge;
  bool operator==(const Window&) const = default;
};

/// The one portal. `auth_token` stays, sealed, for a while after DisableService; nothing may use it then.
struct Portal {
  PortalState state = PortalState::unregistered;
  std::string portal_id;
  std::string auth_token;
  std::string settings;
  std::string s_code;         // what callback 2 was answered with, for its repeats
  std::string registered_by;  // caller address of callback 2
  std::optional<TimePoint> registered_at;
  std::optional<TimePoint> disabled_at;
  std::optional<Window> window;
  bool operator==(const Portal&) const = default;
};

/// A login under way or done. `state` is as written; what holds now is effective_state() of lifecycle.hpp.
struct Session {
  std::string id;
  Digest auth_id{};  // keyed digest; the authId itself is not kept
  std::string user_id;
  std::string external_id;
  std::string login;  // as the user spelt it when the session began
  std::string login_key;
  SessionState state = SessionState::pending;
  std::optional<bool> verdict;  // the first isAuthorized
  std::string reason;
  Party started_by = Party::site;  // nopass: made by callback 5, never redeemable
  std::optional<Digest> binding;
  std::optional<Digest> ticket;
  TimePoint started_at;
  TimePoint expires_at;  // of the present state: pending and authorized by lifetime, open by open_lifetime
  std::optional<TimePoint> decided_at;
  std::optional<TimePoint> redeemed_at;
  std::optional<TimePoint> ended_at;  // when the final state was written
  bool operator==(const Session&) const = default;
};

/// What a session shows now; `version` counts from 1.
struct Picture {
  std::int64_t version = 0;
  TimePoint next_change_at;
  std::string png;
  bool operator==(const Picture&) const = default;
};

/// Something asked of the site. `key` finds it again for a repeated callback; `members` goes to who may answer.
struct Question {
  std::string id;
  Digest key{};
  std::string callback;
  std::string user_id;
  std::map<std::string, std::string> members;
  QuestionState state = QuestionState::open;
  std::optional<bool> verdict;
  std::string reason;
  TimePoint asked_at;
  TimePoint deadline;
  bool operator==(const Question&) const = default;
};

/// A durable reader of the event log. Positions are event sequences; 0 is before the first.
struct Consumer {
  std::string name;
  std::string owner;               // the principal that made it
  std::vector<std::string> types;  // empty: all
  std::int64_t acknowledged = 0;
  std::int64_t delivered = 0;
  TimePoint last_seen;
  bool retired = false;
  bool operator==(const Consumer&) const = default;
};

}  // namespace nopassd::storage
