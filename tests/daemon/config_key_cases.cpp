#include "tests/daemon/config_key_cases.hpp"

#include <iterator>

namespace nopassd::daemon::testing {
namespace {

using handlers::Policy;
using std::chrono::milliseconds;

const KeyCase daemon_cases[] = {
    {"daemon.name",
     "\"a.B-9_\"",
     [](const Config& c) { return c.name == "a.B-9_"; },
     {"1", "\"\"", "\"a b\"", "\"ä\""}},
    {"daemon.log_level",
     "\"warning\"",
     [](const Config& c) { return c.log_level == LogLevel::warning; },
     {"\"warn\"", "3", "\"\""}},
    {"daemon.log_format", "\"json\"", [](const Config& c) { return c.log_json; }, {"\"JSON\"", "true"}},
    {"daemon.io_threads", "64", [](const Config& c) { return c.io_threads == 64; }, {"-1", "65", "\"2\"", "2.0"}},
};

const KeyCase listener_cases[] = {
    {"listener.address",
     "\"[::1]:0\"",
     [](const Config& c) { return c.listener.address.address().is_v6() && c.listener.address.port() == 0; },
     {"8480", "\"localhost:80\"", "\"127.0.0.1\"", "\"127.0.0.1:65536\"", "\"::1:80\"", "\"[127.0.0.1]:80\"", "\"\"",
      "\"127.0.0.1:\"", "\"127.0.0.1:+1\"", "\"[::ffff:127.0.0.1]:80\"", "\"[fe80::1%lo]:80\""}},
    {"listener.tls_certificate",
     "\"\"",
     [](const Config& c) { return !c.listener.tls(); },
     {"1", "\"/does/not/exist\"", "\"relative.pem\""}},
    {"listener.tls_key",
     "\"\"",
     [](const Config& c) { return c.listener.tls_keys.empty(); },
     {"1", "\"/does/not/exist\"", "\"/\""}},
    {"listener.max_connections",
     "1",
     [](const Config& c) { return c.listener.max_connections == 1; },
     {"0", "1000001", "\"1\"", "true"}},
    {"listener.header_timeout",
     "\"1s\"",
     [](const Config& c) { return c.listener.header_timeout == milliseconds(1000); },
     {"10", "\"999ms\"", "\"10\"", "\"2h\""}},
    {"listener.body_timeout",
     "\"1500ms\"",
     [](const Config& c) { return c.listener.body_timeout == milliseconds(1500); },
     {"\"0s\"", "10.5", "\"61m\""}},
    {"listener.idle_timeout",
     "\"2m\"",
     [](const Config& c) { return c.listener.idle_timeout == milliseconds(120'000); },
     {"\"0s\"", "false", "\"2d\""}},
    {"listener.max_header",
     "1024",
     [](const Config& c) { return c.listener.max_header == 1024; },
     {"1023", "\"2MiB\"", "\"16KB\"", "-1", "true"}},
    {"listener.max_body",
     "\"1MiB\"",
     [](const Config& c) { return c.listener.max_body == 1 << 20; },
     {"\"512B\"", "\"1GiB\"", "1.5"}},
    {"listener.max_body_add_users",
     "\"16MiB\"",
     [](const Config& c) { return c.listener.max_body_add_users == 16 << 20; },
     {"0", "\"1GiB\"", "[]"}},
    {"listener.max_buffered",
     "\"5GiB\"",
     [](const Config& c) { return c.listener.max_buffered == std::size_t{5} << 30; },
     {"0", "\"65GiB\"", "\"\""}},
};

const KeyCase caller_cases[] = {
    {"callers.allow",
     "[\"192.0.2.0/24\", \"2001:db8::/32\", \"192.0.2.7\"]",
     [](const Config& c) {
       const auto* network = std::get_if<boost::asio::ip::network_v4>(&c.callers.allow.at(2));
       return c.callers.allow.size() == 3 && network != nullptr && network->prefix_length() == 32;
     },
     {"\"127.0.0.1\"", "[1]", "[\"host\"]", "[\"10.0.0.1/8\"]", "[\"10.0.0.0/33\"]", "[\"::ffff:10.0.0.1\"]",
      "[\"2001:db8::1/32\"]", "[\"10.0.0.0/\"]", "[\"\"]"}},
    {"callers.anybody", "false", [](const Config& c) { return !c.callers.anybody; }, {"1", "\"true\""}},
    {"callers.trusted_proxies",
     "[]",
     [](const Config& c) { return c.callers.trusted_proxies.empty(); },
     {"{}", "[\"10.0.0.0/-1\"]", "[[]]"}},
    {"callers.proxy_protocol", "true", [](const Config& c) { return c.callers.proxy_protocol; }, {"\"v1\"", "0"}},
    {"callers.client_ca",
     "\"\"",
     [](const Config& c) { return c.callers.client_ca.empty(); },
     {"true", "\"/does/not/exist\""}},
    {"callers.requests_per_second",
     "7",
     [](const Config& c) { return c.callers.requests_per_second == 7; },
     {"0", "-7", "1000001", "\"7\""}},
    {"callers.burst", "8", [](const Config& c) { return c.callers.burst == 8; }, {"0", "1000001", "8.5"}},
};

const KeyCase service_cases[] = {
    {"callbacks.path_prefix",
     "\"/a/b-c\"",
     [](const Config& c) { return c.path_prefix == "/a/b-c"; },
     {"\"a\"", "\"/a/\"", "\"/\"", "\"/a b\"", "\"/a%20\"", "\"/a?b\"", "\"/a#b\"", "\"//a\"", "\"/a/../b\"", "1"}},
    {"callbacks.reply_style",
     "\"sample\"",
     [](const Config& c) { return c.handlers.reply_style == handlers::ReplyStyle::sample; },
     {"\"Sample\"", "1"}},
    {"callbacks.content_type",
     "\"json\"",
     [](const Config& c) { return c.handlers.json_only; },
     {"\"application/json\"", "true"}},
    {"callbacks.patience",
     "\"0s\"",
     [](const Config& c) { return c.handlers.patience == milliseconds(0); },
     {"\"61s\"", "0", "\"-1s\""}},
    {"registration.same_caller", "false", [](const Config& c) { return !c.handlers.same_caller; }, {"\"no\"", "0"}},
    {"registration.window",
     "\"1h\"",
     [](const Config& c) { return c.handlers.registration_window == milliseconds(3'600'000); },
     {"\"500ms\"", "\"2d\"", "900"}},
    {"registration.web_url",
     "\"https://www.example.com/a?b\"",
     [](const Config& c) { return c.handlers.web_url == "https://www.example.com/a?b"; },
     {"\"www.example.com\"", "\"ftp://example.com\"", "\"https://u:p@example.com\"", "\"https://\"", "1",
      "\"https://example.com:0\"", "\"https://exa mple.com\""}},
    {"registration.admin_id_file",
     "\"\"",
     [](const Config& c) { return c.handlers.admin_id.empty(); },
     {"1", "\"/does/not/exist\""}},
    {"registration.s_code_file",
     "\"\"",
     [](const Config& c) { return c.handlers.s_code.empty(); },
     {"1", "\"/does/not/exist\""}},
    {"sessions.lifetime",
     "\"90s\"",
     [](const Config& c) { return c.handlers.session_lifetime == milliseconds(90'000); },
     {"\"0s\"", "\"25h\"", "90"}},
    {"sessions.open_lifetime",
     "\"1d\"",
     [](const Config& c) { return c.handlers.session_open_lifetime == std::chrono::hours(24); },
     {"\"0s\"", "\"3651d\"", "[]"}},
    {"sessions.max_pending", "4", [](const Config& c) { return c.handlers.max_pending == 4; }, {"0", "1001", "\"3\""}},
    {"sessions.max_starts", "11", [](const Config& c) { return c.handlers.max_starts == 11; }, {"0", "10001", "1.0"}},
    {"registrations.lifetime",
     "\"1s\"",
     [](const Config& c) { return c.handlers.registration_lifetime == milliseconds(1000); },
     {"\"0s\"", "\"8d\"", "1"}},
    {"users.erase_after",
     "\"0s\"",
     [](const Config& c) { return c.handlers.erase_after == milliseconds(0); },
     {"0", "\"3651d\"", "\"soon\""}},
};

const KeyCase policy_cases[] = {
    {"policy.validate_user_registration",
     "\"ask\"",
     [](const Config& c) { return c.handlers.validate_user_registration == Policy::ask; },
     {"\"yes\"", "true"}},
    {"policy.update_user",
     "\"deny\"",
     [](const Config& c) { return c.handlers.update_user == Policy::deny; },
     {"\"Deny\"", "0"}},
    {"policy.add_users",
     "\"ask\"",
     [](const Config& c) { return c.handlers.add_users == Policy::ask; },
     {"\"\"", "[\"ask\"]"}},
    {"policy.timeout",
     "\"1s\"",
     [](const Config& c) { return c.handlers.question_timeout == milliseconds(1000); },
     {"\"0s\"", "\"61s\"", "5"}},
    {"policy.fallback", "\"accept\"", [](const Config& c) { return c.handlers.fallback_allows; }, {"\"ask\"", "true"}},
};

const KeyCase site_cases[] = {
    {"site.socket",
     "\"/tmp/s\"",
     [](const Config& c) { return c.site.path == "/tmp/s"; },
     {"\"\"", "\"site.sock\"", "\"/tmp/\"", "1"}},
    {"site.mode",
     "\"0600\"",
     [](const Config& c) { return c.site.mode == 0600; },
     {"0o660", "660", "\"0888\"", "\"66\"", "\"1777\"", "\"\"", "\"rw\""}},
    {"site.group", "\"root\"", [](const Config& c) { return c.site.group == "root"; }, {"0", "\"no such group\""}},
    {"site.requests_per_minute",
     "1",
     [](const Config& c) { return c.site_requests_per_minute == 1; },
     {"0", "10000001", "\"1\""}},
    {"site.own_calls", "true", [](const Config& c) { return c.handlers.own_calls; }, {"\"true\"", "1"}},
    {"site.client",
     "[{ uid = 0, scopes = [\"admin\"] }]",
     [](const Config& c) { return c.clients.size() == 1 && c.clients[0].uid == 0u; },
     {"1", "[1]", "{ uid = 0, scopes = [\"admin\"] }"}},
    {"live.socket", "\"/tmp/l\"", [](const Config& c) { return c.live.path == "/tmp/l"; }, {"\"live.sock\"", "1"}},
    {"live.mode", "\"600\"", [](const Config& c) { return c.live.mode == 0600; }, {"\"0999\"", "1"}},
    {"live.group", "\"root\"", [](const Config& c) { return c.live.group == "root"; }, {"\"no such group\"", "1"}},
    {"live.public_path",
     "\"/login\"",
     [](const Config& c) { return c.handlers.live_public_path == "/login"; },
     {"\"login\"", "\"/login/\"", "\"\"", "1"}},
    {"live.origins",
     "[\"https://www.example.com\", \"http://[::1]:8080\"]",
     [](const Config& c) { return c.handlers.live_origins.size() == 2; },
     {"[\"*\"]", "[\"https://www.example.com/\"]", "[\"https://WWW.example.com\"]", "[\"https://www.example.com:443\"]",
      "[\"www.example.com\"]", "\"https://www.example.com\"", "[1]"}},
};

const KeyCase rest_cases[] = {
    {"events.keep",
     "\"30d\"",
     [](const Config& c) { return c.retention.events == std::chrono::hours(24 * 30); },
     {"\"0s\"", "7", "\"3651d\""}},
    {"events.keep_at_most",
     "1",
     [](const Config& c) { return c.retention.events_at_most == 1; },
     {"0", "1000000001", "\"1\""}},
    {"events.consumer_timeout",
     "\"1s\"",
     [](const Config& c) { return c.retention.consumer_timeout == milliseconds(1000); },
     {"\"0s\"", "1"}},
    {"hooks.targets",
     "[\"https://www.example.com/hook\", \"unix:/run/hook.sock\"]",
     [](const Config& c) {
       return c.handlers.hook_targets ==
              std::vector<std::string>{"https://www.example.com/hook", "unix:/run/hook.sock"};
     },
     {"[\"https://a.example/../b\"]", "[\"ftp://example.com\"]", "[\"unix:hook.sock\"]",
      "[\"https://u:p@example.com\"]", "\"https://a\"", "[\"\"]"}},
    {"storage.url",
     "\"sqlite:/tmp/a.db\"",
     [](const Config& c) { return c.storage_path == "/tmp/a.db"; },
     {"\"/tmp/a.db\"", "\"sqlite:a.db\"", "\"sqlite:\"", "\"sqlite:/tmp/\"", "\"postgresql://host/db\"", "1"}},
    {"storage.backup_directory",
     "\"/tmp\"",
     [](const Config& c) { return c.backup_directory == "/tmp"; },
     {"\"tmp\"", "\"\"", "1"}},
    {"metrics.address",
     "\"127.0.0.1:9480\"",
     [](const Config& c) { return c.metrics_address && c.metrics_address->port() == 9480; },
     {"\"0.0.0.0:9480\"", "9480", "\"127.0.0.1\""}},
    {"nopass.server",
     "\"http://127.0.0.1:9\"",
     [](const Config& c) { return c.nopass_server == "http://127.0.0.1:9"; },
     {"\"http://console.nopass.us\"", "\"https://console.nopass.us/api\"", "\"https://console.nopass.us?a\"",
      "\"console.nopass.us\"", "\"https://a:b@console.nopass.us\"", "\"\"", "1"}},
    {"nopass.ca_file", "\"\"", [](const Config& c) { return c.nopass_ca.empty(); }, {"\"/does/not/exist\"", "1"}},
    {"nopass.delete_user_path",
     "\"/api/Delete\"",
     [](const Config& c) { return c.handlers.delete_user_path == "/api/Delete"; },
     {"\"api\"", "\"/a b\"", "\"/a?b\"", "1"}},
};

}  // namespace

std::vector<KeyCase> all_key_cases() {
  std::vector<KeyCase> result;
  const auto add = [&](const auto& cases) { result.insert(result.end(), std::begin(cases), std::end(cases)); };
  add(daemon_cases);
  add(listener_cases);
  add(caller_cases);
  add(service_cases);
  add(policy_cases);
  add(site_cases);
  add(rest_cases);
  return result;
}

}  // namespace nopassd::daemon::testing
