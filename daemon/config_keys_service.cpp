// [callbacks], [registration], [sessions], [registrations], [users], [policy]
#include "daemon/config_files.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/config_text.hpp"

namespace nopassd::daemon {
namespace {

using handlers::Policy;
using handlers::ReplyStyle;

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

constexpr std::string_view reply_styles[] = {"documented", "sample"};
constexpr std::string_view content_types[] = {"documented", "json"};
constexpr std::string_view policies[] = {"accept", "deny", "ask"};
constexpr std::string_view fallbacks[] = {"accept", "deny"};

Milliseconds time(const Value& value) { return Milliseconds(value.number); }
Policy policy(const Value& value) { return static_cast<Policy>(value.number); }

const KeySpec keys[] = {
    {.key = "callbacks.path_prefix",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "What stands before `/api/PortalCommunication/` in the callbacks' paths.",
     .range = "`/…` without a slash at the end, or empty",
     .check = check_url_prefix,
     .store = [](Config& config, const Value& value) { config.path_prefix = value.text; },
     .optional = true},
    {.key = "callbacks.reply_style",
     .type = KeyType::choice,
     .fallback = "\"documented\"",
     .help = "Replies as the vendor's documentation has them, or as the vendor's sample portal gives them.",
     .choices = reply_styles,
     .store = [](Config& config,
                 const Value& value) { config.handlers.reply_style = static_cast<ReplyStyle>(value.number); }},
    {.key = "callbacks.content_type",
     .type = KeyType::choice,
     .fallback = "\"documented\"",
     .help = "The documented content type of each reply, or `application/json` for all.",
     .choices = content_types,
     .store = [](Config& config, const Value& value) { config.handlers.json_only = value.number == 1; }},
    {.key = "callbacks.patience",
     .type = KeyType::duration,
     .fallback = "\"2s\"",
     .help = "How long a callback waits for an `authId` or `otp` that is not known yet: while the daemon asks NoPass, "
             "or (with site.own_calls) for the site.",
     .most = minute,
     .store = [](Config& config, const Value& value) { config.handlers.patience = time(value); }},

    {.key = "registration.same_caller",
     .type = KeyType::boolean,
     .fallback = "true",
     .help = "ConfirmRegistration must come from the address that sent ConfirmPreRegistration.",
     .store = [](Config& config, const Value& value) { config.handlers.same_caller = value.flag; }},
    {.key = "registration.window",
     .type = KeyType::duration,
     .fallback = "\"15m\"",
     .help = "How long a registration window stays open.",
     .least = second,
     .most = day,
     .store = [](Config& config, const Value& value) { config.handlers.registration_window = time(value); }},
    {.key = "registration.web_url",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "This portal's address as the NoPass console must know it; shown while a window is open.",
     .range = "an `http://` or `https://` URL",
     .check = check_web_url,
     .store = [](Config& config, const Value& value) { config.handlers.web_url = value.text; },
     .optional = true},
    {.key = "registration.admin_id_file",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help =
         "A file with the admin ID (1 to 64 characters), closed to other users; without it each window has a new one.",
     .range = "path of a file, or a systemd credential",
     .check = check_admin_id_file,
     .store = [](Config& config, const Value& value) { config.handlers.admin_id = value.text; },
     .optional = true},
    {.key = "registration.s_code_file",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "A file with the S-code (8 to 64 characters, a capital and a digit among them), likewise.",
     .range = "path of a file, or a systemd credential",
     .check = check_s_code_file,
     .store = [](Config& config, const Value& value) { config.handlers.s_code = value.text; },
     .optional = true},

    {.key = "sessions.lifetime",
     .type = KeyType::duration,
     .fallback = "\"6m\"",
     .help = "How long a login may stay pending or authorized.",
     .least = second,
     .most = day,
     .store = [](Config& config, const Value& value) { config.handlers.session_lifetime = time(value); }},
    {.key = "sessions.open_lifetime",
     .type = KeyType::duration,
     .fallback = "\"30d\"",
     .help = "How long a redeemed session stays open.",
     .least = second,
     .most = 3650 * day,
     .store = [](Config& config, const Value& value) { config.handlers.session_open_lifetime = time(value); }},
    {.key = "sessions.max_pending",
     .type = KeyType::integer,
     .fallback = "3",
     .help = "Pending logins of one user from one `clientIp`.",
     .least = 1,
     .most = 1000,
     .unit = "logins",
     .store = [](Config& config, const Value& value) { config.handlers.max_pending = static_cast<int>(value.number); }},
    {.key = "sessions.max_starts",
     .type = KeyType::integer,
     .fallback = "10",
     .help = "Logins that one user may start from one `clientIp` in ten minutes; ten times that from all.",
     .least = 1,
     .most = 10'000,
     .unit = "logins in ten minutes",
     .store = [](Config& config, const Value& value) { config.handlers.max_starts = static_cast<int>(value.number); }},

    {.key = "registrations.lifetime",
     .type = KeyType::duration,
     .fallback = "\"10m\"",
     .help = "How long a registration may stay unconfirmed.",
     .least = second,
     .most = 7 * day,
     .store = [](Config& config, const Value& value) { config.handlers.registration_lifetime = time(value); }},

    {.key = "users.erase_after",
     .type = KeyType::duration,
     .fallback = "\"24h\"",
     .help = "When the personal data of a deleted user is erased; `\"0s\"`: at once.",
     .most = 3650 * day,
     .store = [](Config& config, const Value& value) { config.handlers.erase_after = time(value); }},

    {.key = "policy.validate_user_registration",
     .type = KeyType::choice,
     .fallback = "\"deny\"",
     .help = "Registrations that NoPass starts.",
     .choices = policies,
     .store = [](Config& config, const Value& value) { config.handlers.validate_user_registration = policy(value); }},
    {.key = "policy.update_user",
     .type = KeyType::choice,
     .fallback = "\"accept\"",
     .help = "Changes of a user that NoPass reports; a change of the login always asks.",
     .choices = policies,
     .store = [](Config& config, const Value& value) { config.handlers.update_user = policy(value); }},
    {.key = "policy.add_users",
     .type = KeyType::choice,
     .fallback = "\"accept\"",
     .help = "Users that NoPass adds.",
     .choices = policies,
     .store = [](Config& config, const Value& value) { config.handlers.add_users = policy(value); }},
    {.key = "policy.timeout",
     .type = KeyType::duration,
     .fallback = "\"5s\"",
     .help = "How long a question (`ask`) waits for the site's answer.",
     .least = second,
     .most = minute,
     .store = [](Config& config, const Value& value) { config.handlers.question_timeout = time(value); }},
    {.key = "policy.fallback",
     .type = KeyType::choice,
     .fallback = "\"deny\"",
     .help = "What is done when a question gets no answer.",
     .choices = fallbacks,
     .store = [](Config& config, const Value& value) { config.handlers.fallback_allows = value.number == 0; }},
};

static_assert(static_cast<int>(Policy::accept) == 0 && static_cast<int>(Policy::ask) == 2);

}  // namespace

std::span<const KeySpec> service_keys() { return keys; }

}  // namespace nopassd::daemon
