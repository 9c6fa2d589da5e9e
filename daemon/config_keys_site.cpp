// [site], [live], [events], [hooks], [storage], [metrics], [nopass]
#include "daemon/config_files.hpp"
#include "daemon/config_keys.hpp"
#include "daemon/config_text.hpp"

#include <charconv>

namespace nopassd::daemon {
namespace {

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

std::uint32_t mode(const Value& value) {
  std::uint32_t result = 0;
  std::from_chars(value.text.data(), value.text.data() + value.text.size(), result, 8);
  return result;
}

const KeySpec keys[] = {
    {.key = "site.socket",
     .type = KeyType::text,
     .fallback = "\"/run/nopassd/site.sock\"",
     .help = "The Unix socket of the site API.",
     .range = "absolute path of at most 107 bytes",
     .check = check_socket_path,
     .store = [](Config& config, const Value& value) { config.site.path = value.text; }},
    {.key = "site.mode",
     .type = KeyType::text,
     .fallback = "\"0660\"",
     .help = "The socket's permissions.",
     .range = "octal, `\"0000\"` to `\"0777\"`",
     .check = check_mode,
     .store = [](Config& config, const Value& value) { config.site.mode = mode(value); }},
    {.key = "site.group",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "The socket's group; none: the daemon's own.",
     .range = "a group of this machine",
     .check = check_group,
     .store = [](Config& config, const Value& value) { config.site.group = value.text; },
     .optional = true},
    {.key = "site.requests_per_minute",
     .type = KeyType::integer,
     .fallback = "60000",
     .help = "For each client; beyond it requests are 429.",
     .least = 1,
     .most = 10'000'000,
     .unit = "requests a minute",
     .store = [](Config& config,
                 const Value& value) { config.site_requests_per_minute = static_cast<std::uint32_t>(value.number); }},
    {.key = "site.own_calls",
     .type = KeyType::boolean,
     .fallback = "false",
     .help = "The site may call NoPass itself and give the daemon `authId` and `otp`.",
     .store = [](Config& config, const Value& value) { config.handlers.own_calls = value.flag; }},
    {.key = "site.client",
     .type = KeyType::clients,
     .fallback = "[]",
     .help =
         "One table for each local client: exactly one of `uid`, `user` or `group` says who it is, `scopes` what it "
         "may do. Root and the daemon's own user may do everything.",
     .range = "`[[site.client]]`, as below"},

    {.key = "live.socket",
     .type = KeyType::text,
     .fallback = "\"/run/nopassd/live.sock\"",
     .help = "The Unix socket that the web server passes browsers on to; empty: none.",
     .range = "absolute path of at most 107 bytes, or empty",
     .check = check_socket_path,
     .store = [](Config& config, const Value& value) { config.live.path = value.text; },
     .optional = true,
     .later = true},
    {.key = "live.mode",
     .type = KeyType::text,
     .fallback = "\"0660\"",
     .help = "Its permissions.",
     .range = "octal, `\"0000\"` to `\"0777\"`",
     .check = check_mode,
     .store = [](Config& config, const Value& value) { config.live.mode = mode(value); },
     .later = true},
    {.key = "live.group",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "Its group; none: the daemon's own.",
     .range = "a group of this machine",
     .check = check_group,
     .store = [](Config& config, const Value& value) { config.live.group = value.text; },
     .optional = true,
     .later = true},
    {.key = "live.public_path",
     .type = KeyType::text,
     .fallback = "\"/nopass\"",
     .help = "Where the site's web server shows this socket; `liveUrl` begins with it.",
     .range = "`/…` without a slash at the end",
     .check = check_url_prefix,
     .store = [](Config& config, const Value& value) { config.handlers.live_public_path = value.text; }},
    {.key = "live.origins",
     .type = KeyType::list,
     .fallback = "[]",
     .help = "Pages of other origins that may read it (CORS).",
     .range = "origins, `https://HOST[:PORT]`",
     .check = check_origin,
     .later = true},

    {.key = "events.keep",
     .type = KeyType::duration,
     .fallback = "\"7d\"",
     .help = "How long events are kept that no consumer still needs.",
     .least = second,
     .most = 3650 * day,
     .store = [](Config& config, const Value& value) { config.retention.events = Milliseconds(value.number); }},
    {.key = "events.keep_at_most",
     .type = KeyType::integer,
     .fallback = "1000000",
     .help = "At most so many of them, whatever their age.",
     .least = 1,
     .most = 1'000'000'000,
     .unit = "events",
     .store = [](Config& config, const Value& value) { config.retention.events_at_most = value.number; }},
    {.key = "events.consumer_timeout",
     .type = KeyType::duration,
     .fallback = "\"30d\"",
     .help = "A consumer that has not been seen for so long is retired.",
     .least = second,
     .most = 3650 * day,
     .store =
         [](Config& config, const Value& value) {
           config.retention.consumer_timeout = Milliseconds(value.number);
           config.handlers.consumer_timeout = Milliseconds(value.number);
         }},

    {.key = "hooks.targets",
     .type = KeyType::list,
     .fallback = "[]",
     .help = "Hooks may have URLs under these: the same scheme, host and port or the same socket, and a path that goes "
             "on behind a `/`. Never the daemon's own sockets.",
     .range = "`http://…`, `https://…`, `unix:/PATH` or `unix:/PATH:/URL-PATH`",
     .check = check_hook_target,
     .store = [](Config& config, const Value& value) { config.handlers.hook_targets = value.items; }},

    {.key = "storage.url",
     .type = KeyType::text,
     .fallback = "\"sqlite:/var/lib/nopassd/nopassd.db\"",
     .help = "The database. This version stores in SQLite only; the file is made when it is not there.",
     .range = "`sqlite:/PATH`",
     .check = check_storage_url,
     .store = [](Config& config,
                 const Value& value) { config.storage_path = value.text.substr(value.text.find(':') + 1); }},
    {.key = "storage.backup_directory",
     .type = KeyType::text,
     .fallback = "\"/var/lib/nopassd/backups\"",
     .help = "Where backups are written.",
     .range = "absolute path",
     .check = check_absolute_path,
     .later = true},

    {.key = "metrics.address",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "Where Prometheus reads `/metrics`.",
     .range = "`IP:PORT` or `[IP6]:PORT`, loopback",
     .check = check_loopback_endpoint,
     .store = [](Config& config, const Value& value) { config.metrics_address = parse_endpoint(value.text); },
     .optional = true},

    {.key = "nopass.server",
     .type = KeyType::text,
     .fallback = "\"https://console.nopass.us\"",
     .help = "The server that the daemon calls.",
     .range = "`https://HOST[:PORT]`; `http://` only to this machine",
     .check = check_server_url,
     .later = true},
    {.key = "nopass.ca_file",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "The authorities that its certificate may come from; none: the system's.",
     .range = "path of a PEM file, or a systemd credential",
     .check = check_ca_file,
     .optional = true,
     .later = true},
    {.key = "nopass.delete_user_path",
     .type = KeyType::text,
     .fallback = "\"\"",
     .help = "The path of NoPass's user deletion, which is not published; none: users are erased only here.",
     .range = "`/…`",
     .check = check_url_path,
     .optional = true,
     .later = true},
};

}  // namespace

std::span<const KeySpec> site_keys() { return keys; }

}  // namespace nopassd::daemon
