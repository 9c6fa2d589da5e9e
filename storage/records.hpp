#pragma once
// What is remembered: plain values, copied in and out of a Store. Texts are UTF-8; `id`s are UUID v4.
#include "storage/secret.hpp"
#include "storage/states.hpp"
#include "storage/time.hpp"

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
};

/// The registration window, in which callbacks 1 and 2 are answered.
struct Window {
  std::string admin_id;
  std::string s_code;
  TimePoint opened_at;
  TimePoint expires_at;
  std::optional<Challenge> challenge;
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
  std::optional<TimePoint> ended_at;  // when the final state was written
};

/// What a session shows now; `version` counts from 1.
struct Picture {
  std::int64_t version = 0;
  TimePoint next_change_at;
  std::string png;
};

/// The personal data of a user; empty means unknown.
struct Profile {
  std::string given_name;
  std::string sur_name;
  std::string phone_number;
  std::string email;
  std::string profile_image_url;
  std::string locale;
  bool operator==(const Profile&) const = default;
};

struct Registration {
  std::string id;
  Digest otp{};  // keyed digest
  RegistrationState state = RegistrationState::started;
  Party started_by = Party::site;
  std::string user_id;      // of the user it is linked to, or made
  std::string external_id;  // the site's own key for the user, if it gave one
  std::string login;
  std::string login_key;
  std::string asked_login_key;  // what callback 4 asked about
  std::string refusal;          // the error code that callback 4 answered `false` with
  Profile profile;
  std::optional<Digest> binding;
  std::optional<Digest> ticket;
  TimePoint started_at;
  TimePoint expires_at;
  std::optional<TimePoint> ended_at;
};

struct User {
  std::string id;
  std::string external_id;  // empty: none
  std::string login;        // the spelling that came first; empty once erased
  std::string login_key;
  Profile profile;
  std::map<std::string, bool> forbidden_store;  // by member name of callback 7
  UserState state = UserState::active;
  bool uses_email_as_login = false;
  TimePoint created_at;
  std::optional<TimePoint> deleted_at;
  std::optional<TimePoint> erase_at;
};

/// A login that a user had before callback 7 changed it, and the digest of the request that did.
struct FormerLogin {
  std::string user_id;
  Digest request{};
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
};

}  // namespace nopassd::storage
