#include "daemon/config_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nopassd::daemon {
namespace {

constexpr std::string_view usage = R"(# Configuration

<!-- Made by config_documentation() from the table that the loader uses; a test compares them. -->

## Usage

    nopassd [--config FILE] [--set table.key=value]… [--check-config | --print-config | --version | --help]
            [--backup FILE | --restore FILE]

| option | |
|---|---|
| `-c`, `--config FILE` | the configuration; default `/etc/nopassd/nopassd.toml` |
| `-s`, `--set table.key=value` | overrides the file; the last one of a key wins; TOML, strings may go unquoted |
| `--check-config` | says whether the configuration is valid, and stops |
| `--print-config` | prints every key in force as TOML that can be read back, passwords masked, and stops |
| `--backup FILE` | writes a copy of the database into a new file, whether a daemon has it open or not, and stops |
| `--restore FILE` | puts such a copy in the place of the database, which no daemon may have open, and stops |
| `-V`, `--version` | prints the version |
| `-h`, `--help` | prints this usage |

The daemon stays in the foreground and logs to standard error.

| exit code | |
|---|---|
| 0 | stopped as told, or done what was asked |
| 1 | failed |
| 2 | wrong usage |
| 78 | wrong configuration: every problem is on standard error, with file and line, key, and what would be right; or the units pass sockets that do not fit |

Port 0 takes a free port. Once it serves, the daemon logs a line that holds
`ready listener=http://127.0.0.1:PORT site=PATH live=PATH` (`https://` with TLS, `[::1]:PORT`, `live=` empty for none)
and tells systemd `READY=1`.

Sockets that systemd passes (`LISTEN_FDNAMES` `https`, `site`, `live`) stand in the place of `listener.address`,
`site.socket` and `live.socket` with their modes and groups; other names are refused.

## The file

[TOML 1.0](https://toml.io/en/v1.0.0). Every key may be left out. An unknown table or key, a wrong type,
a value out of range or a file that cannot be read is a problem, and the daemon does not start.

- **duration**: an integer and a unit in quotes: `"500ms"` `"2s"` `"15m"` `"24h"` `"7d"`.
- **size**: likewise, `"512B"` `"16KiB"` `"8MiB"` `"1GiB"`, or an integer of bytes.
- **none**: an empty string is the same as no value.
- **path**: absolute. The files of certificates, keys, the admin ID and the S-code may instead name a systemd
  credential, that is a file in `$CREDENTIALS_DIRECTORY`. Keys, admin ID and S-code must be closed to other users
  (`chmod o=`); one line end behind the latter two is ignored.
- Secrets never stand in this file or on the command line.

)";

constexpr std::string_view clients = R"(
### `[[site.client]]`

One table for each local client, as the kernel names it:

| key | type | |
|---|---|---|
| `uid` | integer | the number of a user … |
| `user` | string | … or the name of a user of this machine … |
| `group` | string | … or of a group: exactly one of the three |
| `scopes` | list of strings | what it may do, at least one of )";

constexpr std::string_view example = R"( |

    [[site.client]]
    user = "www-data"
    scopes = ["events:read", "sessions:read", "sessions:write"]

)";

constexpr std::string_view notes = R"(## What keys mean together

- Without `listener.tls_certificate` and `listener.tls_key`, `listener.address` must be a loopback address. The two
  belong together, and the key must be the certificate's. Two certificates have different kinds of key.
- `callers.client_ca` needs them.
- With `callers.anybody` and without `callers.client_ca`, no key of `[policy]` may be `"accept"`, the fallback included.
- `site.socket` and `live.socket` are different paths, and no `hooks.targets` is one of them.
- Records of ended sessions, registrations and questions are kept as long as `events.keep`, but at least a day. The
  authToken is kept sealed for seven days after DisableService.
- `POST /v1/reload` (`nopassctl reload`) and SIGHUP read the file and every `--set` again, all or nothing. Keys marked
  *restart* keep their value until a restart, and so do `listener.tls_certificate`, `listener.tls_key` and
  `callers.client_ca` where TLS is turned on or off. A certificate, key or secret that has changed behind its path is
  read anew; certificates and their keys without a reload, too, within some seconds. Requests, streams and TLS connections that are under way keep what was in force when they began.
- `callers.anybody` is said in the log at every start.
)";

/// Pipes would end the cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string row(const KeySpec& spec) {
  std::string type{type_name(spec.type)};
  if (!spec.unit.empty()) type += fmt::format(", {}", spec.unit);
  const auto usual = spec.fallback == "\"\"" || spec.fallback == "[]" ? "none" : fmt::format("`{}`", spec.fallback);
  return fmt::format("| `{}` | {} | {} | {} | {}{} |\n", spec.name(), type, usual, cell(range_of(spec)),
                     spec.restart ? "*Restart.* " : "", cell(spec.help));
}

}  // namespace

std::string config_documentation() {
  std::string result{usage};
  for (const auto& table : config_tables()) {
    result += fmt::format("## `[{}]`\n\n{}\n\n| key | type | default | range | |\n|---|---|---|---|---|\n", table.name,
                          table.help);
    for (const auto& spec : config_keys()) {
      if (spec.table() == table.name) result += row(spec);
    }
    if (table.name == "site") {
      result += fmt::format("{}`{}`{}", clients, fmt::join(handlers::site::scope_names, "` `"), example);
    } else {
      result += "\n";
    }
  }
  return result.append(notes);
}

}  // namespace nopassd::daemon
