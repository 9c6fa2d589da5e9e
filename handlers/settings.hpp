#pragma once
// What the configuration says to the handlers. Immutable after load; durations are never negative.
#include "storage/time.hpp"

#include <string>
#include <vector>

namespace nopassd::handlers {

using storage::Milliseconds;

enum class Policy { accept, deny, ask };
enum class ReplyStyle { documented, sample };

struct Settings {
  // [callbacks], [registration]
  ReplyStyle reply_style = ReplyStyle::documented;
  bool json_only = false;  // callbacks.content_type = "json"
  Milliseconds patience{2000};
  bool same_caller = true;
  Milliseconds registration_window{15 * 60 * 1000};
  std::string web_url;
  std::string admin_id;  // from registration.admin_id_file; empty: made anew for every window
  std::string s_code;    // likewise
  // [sessions], [registrations], [users]
  Milliseconds session_lifetime{6 * 60 * 1000};
  int max_pending = 3;  // of one user and clientIp
  int max_starts = 10;  // likewise, in ten minutes; of one user ten times that
  Milliseconds session_open_lifetime{std::chrono::hours(24 * 30)};
  Milliseconds registration_lifetime{10 * 60 * 1000};
  Milliseconds erase_after{std::chrono::hours(24)};
  // [policy]
  Policy validate_user_registration = Policy::deny;
  Policy update_user = Policy::accept;
  Policy add_users = Policy::accept;
  Milliseconds question_timeout{5000};
  bool fallback_allows = false;  // policy.fallback = "accept"
  // [site], [live], [nopass], [hooks], [daemon]
  bool own_calls = false;
  Milliseconds consumer_timeout{std::chrono::hours(24 * 30)};
  std::string live_public_path = "/nopass";
  std::vector<std::string> live_origins;       // of pages elsewhere that may read the live socket
  std::string delete_user_path;                // of NoPass's user deletion; empty: it is not asked
  std::vector<std::string> hook_targets;       // prefixes of URLs that hooks may have
  std::string event_source = "/nopassd/main";  // CloudEvents `source`
  bool callers_anybody = false;                // said in /readyz
  std::string version;                         // of the program
};

}  // namespace nopassd::handlers
