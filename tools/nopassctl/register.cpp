// Opening a registration window and waiting for NoPass.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/terminal.hpp"
#include "tools/nopassctl/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_looks{500};
constexpr std::chrono::seconds longest_restart{60};

constexpr std::string_view nothing_came =
    "Nothing has arrived from NoPass. What to check:\n"
    "  - the web URL: does https://…/api/PortalCommunication/ on your public name lead to nopassd? From outside,\n"
    "    curl -i WEB-URL/api/PortalCommunication/ConfirmPreRegistration must be answered by it, if only with a "
    "refusal;\n"
    "  - the certificate: valid for that name, with its whole chain, from an authority that the world trusts;\n"
    "  - the firewall: port 443 open to the NoPass server;\n"
    "  - callers.allow: nopassd's log names every address that it turns away (journalctl -u nopassd);\n"
    "  - behind a reverse proxy: callers.trusted_proxies must list it, and it must set X-Forwarded-For;\n"
    "  - the three values: are they in the NoPass console exactly as they stand above?\n"
    "`nopassctl doctor` looks at this side.";

constexpr std::string_view only_challenged =
    "NoPass has asked for the S-code (callback 1), but did not confirm (callback 2). What to check:\n"
    "  - the S-code in the NoPass console: is it the one above?\n"
    "  - registration.same_caller: both callbacks must come from the same address; nopassd's log tells (journalctl -u\n"
    "    nopassd);\n"
    "  - what the NoPass console says about this portal.";

/// What is shown to be typed into the console. The lines end at the same column.
void print_box(const json::value& window) {
  std::string url = text_of(window, "webUrl");
  if (url.empty()) url = "your portal's public https:// address (registration.web_url is not set)";
  const std::vector<std::string> lines = {"web URL   " + printable(url),
                                          "admin ID  " + printable(text_of(window, "adminId")),
                                          "S-code    " + printable(text_of(window, "sCode"))};
  std::size_t width = 0;
  for (const std::string& line : lines) width = std::max(width, columns_of(line));
  const auto rule = [width] {
    std::string text;
    for (std::size_t i = 0; i < width + 2; ++i) text += "─";
    return text;
  }();
  fmt::print("Enter these in the NoPass console:\n\n┌{}┐\n", rule);
  for (const std::string& line : lines) fmt::print("│ {}{} │\n", line, std::string(width - columns_of(line), ' '));
  fmt::print("└{}┘\n\nThe window is open until {}.\n", rule, printable(text_of(window, "expiresAt")));
}

/// What is said while waiting: one line that changes on a terminal, a line a change elsewhere, nothing with --json.
class Progress {
 public:
  explicit Progress(bool silent) : silent_(silent), live_(is_on_terminal()) {}

  void say(const std::string& text, std::chrono::seconds waited) {
    if (silent_) return;
    if (live_) {
      fmt::print("\r\x1b[K{} ({}:{:02} so far)", text, waited.count() / 60, waited.count() % 60);
      unfinished_ = true;
    } else if (text != said_) {
      fmt::print("{}\n", text);
    }
    said_ = text;
    std::fflush(stdout);
  }

  void end() {
    if (unfinished_) fmt::print("\n");
    unfinished_ = false;
  }

 private:
  bool silent_, live_, unfinished_ = false;
  std::string said_;
};

enum class Ending { registered, expired, replaced, timed_out, interrupted };

struct Watch {
  Ending ending;
  bool challenged = false;
  json::value portal = nullptr;
};

/// How the portal's state ends the watch; nothing while it may still be registered.
std::optional<Ending> ending_of(const json::value& portal, const std::string& expires_at) {
  if (text_of(portal, "state") == "registered") return Ending::registered;
  if (find(portal, "window") == nullptr) return Ending::expired;
  if (text_of(portal, "window.expiresAt") != expires_at) return Ending::replaced;
  return std::nullopt;
}

/// The portal; nothing when the daemon does not answer, as while it is being restarted.
std::optional<json::value> look(const Client& client, Clock::time_point& last_answer) {
  try {
    json::value portal = client.get("/v1/portal");
    last_answer = Clock::now();
    return portal;
  } catch (const Failure& failure) {
    if (failure.code() != ExitCode::unreachable || Clock::now() - last_answer > longest_restart) throw;
    return std::nullopt;
  }
}

std::string progress_text(bool answers, bool challenged) {
  if (!answers) return "nopassd does not answer: is it being restarted?";
  return challenged ? "challenged: NoPass has asked for the S-code (callback 1), waiting for callback 2"
                    : "waiting for NoPass";
}

Watch watch(const Context& context, const json::value& window, std::int64_t seconds) {
  const std::string expires_at = text_of(window, "expiresAt");
  const auto began = Clock::now();
  auto last_answer = began;
  Interruptible keys;
  Progress progress(context.json);
  Watch watched{Ending::timed_out};
  while (true) {
    const auto portal = look(context.client, last_answer);
    const auto waited = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began);
    if (portal) {
      watched.portal = *portal;
      watched.challenged = watched.challenged || is_true(*portal, "window.challenged");
    }
    const auto ending = portal ? ending_of(*portal, expires_at) : std::nullopt;
    if (!ending) progress.say(progress_text(portal.has_value(), watched.challenged), waited);
    const bool over = !ending && seconds > 0 && waited.count() >= seconds;
    const bool interrupted = !ending && !over && keys.pause(between_looks);
    if (!ending && !over && !interrupted) continue;
    watched.ending = ending ? *ending : interrupted ? Ending::interrupted : Ending::timed_out;
    progress.end();
    return watched;
  }
}

ExitCode report(const Context& context, const Watch& watched, const std::string& expires_at) {
  const auto hints = [&watched] {
    for (std::string_view rest = watched.challenged ? only_challenged : nothing_came; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      print_note(line);
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return ExitCode::timed_out;
  };
  const std::string still_open = fmt::format("the window stays open until {}", expires_at);
  switch (watched.ending) {
    case Ending::registered:
      if (context.json) {
        print_json(watched.portal);
      } else {
        print_line(fmt::format("registered at {}. See that the NoPass console says Active for this portal.",
                               text_of(watched.portal, "registeredAt")));
      }
      return ExitCode::done;
    case Ending::expired:
      print_note("the window is closed and the portal is not registered; `nopassctl register` opens another");
      return hints();
    case Ending::replaced:
      print_note("somebody has opened another window: the values above are no longer good");
      return ExitCode::failed;
    case Ending::timed_out:
      print_note("waited long enough; " + still_open);
      return hints();
    case Ending::interrupted:
      print_note(fmt::format("nothing was closed: {}, and `nopassctl portal` tells how it went", still_open));
      return watched.challenged ? ExitCode::timed_out : hints();
  }
  return ExitCode::failed;
}

ExitCode register_portal(const Context& context, const Arguments& arguments) {
  const std::int64_t seconds = arguments.number("wait", {1, 7 * 86'400, 0});
  const bool waits = !arguments.has("no-wait");
  if (!waits && seconds > 0) throw Failure(ExitCode::usage, "--wait and --no-wait exclude each other");
  const json::value window = context.client.call("POST", "/v1/portal/registration");
  context.json ? print_json(window) : print_box(window);
  std::fflush(stdout);
  if (!waits) return ExitCode::done;
  return report(context, watch(context, window, seconds), text_of(window, "expiresAt"));
}

}  // namespace

Commands register_commands() {
  return {{"register",
           "opens a registration window, shows what the NoPass console wants, and waits",
           {{"--wait", "S", "at most so many seconds; otherwise until the window closes"},
            {"--no-wait", "", "only open the window"}},
           register_portal,
           "Ctrl-C ends the waiting and leaves the window open. With --json: the window, then the registered portal,\n"
           "an object a line. Exit 5 when nothing came."}};
}

}  // namespace nopassd::ctl
