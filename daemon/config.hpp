#pragma once
// The configuration: plain values, immutable after load. docs/configuration.md is made from the table in
// config_keys.cpp.
#include "handlers/settings.hpp"
#include "handlers/site/scopes.hpp"
#include "storage/transaction.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nopassd::daemon {

using storage::Milliseconds;
using Network = std::variant<boost::asio::ip::network_v4, boost::asio::ip::network_v6>;

struct ListenerConfig {
  boost::asio::ip::tcp::endpoint address;
  std::vector<std::string> tls_certificates;  // paths; each of another kind of key
  std::vector<std::string> tls_keys;          // in the same order
  std::size_t max_connections = 20000;
  Milliseconds header_timeout{10000}, body_timeout{30000}, idle_timeout{75000};
  std::size_t max_header = 16 << 10, max_body = 256 << 10, max_body_add_users = 8 << 20, max_buffered = 256 << 20;
  bool tls() const { return !tls_certificates.empty(); }
};

struct CallersConfig {
  std::vector<Network> allow;
  bool anybody = false;
  std::vector<Network> trusted_proxies;
  bool proxy_protocol = false;
  std::string client_ca;  // path; empty: no mutual TLS
  std::uint32_t requests_per_second = 200, burst = 400;
};

/// One [[site.client]]: exactly one of the three is set.
struct SiteClient {
  std::optional<std::uint32_t> uid;
  std::string user, group;
  handlers::site::Scopes scopes;
};

struct SocketConfig {
  std::string path;  // empty: none
  std::uint32_t mode = 0660;
  std::string group;  // empty: left as it is
};

enum class LogLevel { trace, debug, info, warning, error };

struct Config {
  std::string name = "main";
  LogLevel log_level = LogLevel::info;
  bool log_json = false;
  unsigned io_threads = 0;
  ListenerConfig listener;
  CallersConfig callers;
  std::string path_prefix;
  SocketConfig site;
  std::uint32_t site_requests_per_minute = 60000;
  std::vector<SiteClient> clients;
  SocketConfig live;
  std::optional<boost::asio::ip::tcp::endpoint> metrics_address;
  std::string storage_path;  // of storage.url = "sqlite:PATH"
  std::string backup_directory;
  std::string nopass_server;  // URL without a path
  std::string nopass_ca;      // path of a PEM file; empty: the system's authorities
  storage::Retention retention;
  handlers::Settings handlers;     // everything that handlers need of the above and of the other tables
  std::vector<std::string> notes;  // what the operator should know at every start: callers.anybody
};

/// One thing that is wrong: `where` is "FILE:LINE" or "--set KEY", `hint` what would be right.
struct ConfigProblem {
  std::string where;
  std::string key;
  std::string what;
  std::string hint;
};

struct ConfigSource {
  std::string text;
  std::string file;                    // its name, for messages
  std::vector<std::string> overrides;  // of --set: "table.key=value"
};

/// Everything that is wrong, or the configuration. Reads the files that it names (S-code, admin ID, certificates).
std::variant<Config, std::vector<ConfigProblem>> load_config(const ConfigSource& source);

/// Where the database is, by storage.url alone: whoever copies it may not have the unit's credentials.
std::variant<std::string, std::vector<ConfigProblem>> load_storage_path(const ConfigSource& source);

/// What is in force, as TOML that load_config reads back; passwords masked.
/// Expects a source that load_config accepted.
std::string print_config(const ConfigSource& source);

/// The commented conf/nopassd.toml and docs/configuration.md, made from the table that load_config uses.
std::string commented_config();
std::string config_documentation();

}  // namespace nopassd::daemon
