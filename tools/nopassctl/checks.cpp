#include "tools/nopassctl/checks.hpp"

#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/words.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/timex.h>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

using Status = Check::Status;

constexpr std::time_t not_before = 1'735'689'600;  // 2025: this program is no older
constexpr std::time_t not_after = 4'102'444'800;   // 2100
constexpr long most_skew_seconds = 5;
constexpr std::int64_t fewest_certificate_days = 14;

std::string owner_of(const struct stat& file) {
  const passwd* user = getpwuid(file.st_uid);
  const group* owning = getgrgid(file.st_gid);
  return fmt::format("{}:{}", user != nullptr ? user->pw_name : std::to_string(file.st_uid),
                     owning != nullptr ? owning->gr_name : std::to_string(file.st_gid));
}

Status status_named(std::string_view name) {
  if (name == "ok") return Status::ok;
  return name == "warning" ? Status::warning : Status::failing;
}

/// Seconds that the Date header is ahead of our clock; 0 for what is no date.
long skew_of(const std::string& date) {
  std::tm parts{};
  if (strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return 0;
  return static_cast<long>(timegm(&parts) - std::time(nullptr));
}

Check judge_storage(const std::string& state) {
  if (state == "ok") return {"storage", Status::ok, "commits", ""};
  return {"storage", Status::failing, fmt::format("{}: callbacks are refused with 503", state),
          "see nopassd's log (journalctl -u nopassd); mostly the disk is full or was mounted read-only"};
}

Check judge_portal(const std::string& state) {
  if (state == "registered") return {"portal", Status::ok, state, ""};
  return {"portal", Status::warning, state,
          state == "unregistered" ? "`nopassctl register` registers it"
                                  : "`nopassctl portal enable` brings it back, if NoPass did not mean it"};
}

Check judge_callers(const std::string& callers) {
  if (callers != "anybody") return {"callers", Status::ok, callers, ""};
  return {"callers", Status::warning, "anybody may send callbacks",
          "list NoPass's addresses in callers.allow and set callers.anybody to false"};
}

Check judge_certificate(std::int64_t days) {
  Check check{"certificate", Status::ok, fmt::format("valid for {} days more", days), ""};
  if (days >= fewest_certificate_days) return check;
  check.status = days > 0 ? Status::warning : Status::failing;
  if (days <= 0) check.detail = "has expired, or does today: NoPass cannot call";
  check.advice = "renew listener.tls_certificate, then `nopassctl reload`";
  return check;
}

}  // namespace

Check check_socket(const Client& client) {
  Check check{"socket", Status::ok, client.socket(), ""};
  struct stat file {};
  const bool exists = stat(client.socket().c_str(), &file) == 0;
  if (exists && !S_ISSOCK(file.st_mode)) {
    check.status = Status::failing;
    check.detail += ": is no socket";
    check.advice = "name the site.socket of nopassd with --socket PATH or in NOPASSD_SOCKET";
    return check;
  }
  if (exists) check.detail += fmt::format(", mode {:04o}, {}", file.st_mode & 07777U, owner_of(file));
  try {
    client.exchange({"GET", "/livez", ""});
  } catch (const Failure& failure) {
    check.status = Status::failing;
    check.advice = failure.what();
    return check;
  }
  if ((file.st_mode & S_IWOTH) != 0) {
    check.status = Status::warning;
    check.detail += ": every user of this machine may connect";
    check.advice = "set site.mode to 0660 and site.group to the group of your web server";
  }
  return check;
}

Check check_identity(const Client& client) {
  const json::value mine = client.get("/v1/scopes");
  const auto& scopes = entries(mine, "scopes");
  const bool all = scopes.size() >= words::scopes.size();
  Check check{"identity", Status::ok,
              fmt::format("{}, scopes: {}", text_of(mine, "id"), all ? "all" : text_of(mine, "scopes")), ""};
  const bool admin = std::find(scopes.begin(), scopes.end(), json::value("admin")) != scopes.end();
  if (admin) return check;
  check.status = scopes.empty() ? Status::failing : Status::warning;
  if (scopes.empty()) check.detail = fmt::format("{} has no scopes", text_of(mine, "id"));
  check.advice = scopes.empty()
                     ? "run this as root or as the daemon's own user, or name this user in a [[site.client]]"
                     : "some commands and checks need the scope admin: root and the daemon's own user have it";
  return check;
}

Check check_clock(const Client& client) {
  const std::time_t now = std::time(nullptr);
  const long skew = skew_of(client.exchange({"GET", "/livez", ""}).date);
  timex kernel{};
  const bool synchronised = adjtimex(&kernel) != TIME_ERROR;
  char text[32] = "";
  std::tm parts{};
  if (gmtime_r(&now, &parts) != nullptr) std::strftime(text, sizeof text, "%FT%TZ", &parts);
  Check check{"system_clock", Status::ok, fmt::format("{}, synchronised", text), ""};
  if (now < not_before || now > not_after) {
    check.status = Status::failing;
    check.detail = fmt::format("{}: cannot be", text);
    check.advice = "set the clock (timedatectl set-time) and keep it with NTP: lifetimes and certificates depend on it";
  } else if (std::abs(skew) > most_skew_seconds) {
    check.status = Status::failing;
    check.detail =
        fmt::format("the daemon's clock is {} s {} this one", std::abs(skew), skew > 0 ? "ahead of" : "behind");
    check.advice = "the clock has been moved, or the socket leads to another machine: restart nopassd and look again";
  } else if (!synchronised) {
    check.status = Status::warning;
    check.detail = fmt::format("{}, not synchronised, says the kernel", text);
    check.advice = "install systemd-timesyncd or chrony, and see that it reaches a time server";
  }
  return check;
}

std::vector<Check> check_readiness(const Client& client) {
  const HttpRequest request{"GET", "/readyz", ""};
  const HttpReply reply = client.exchange(request);
  json::error_code error;
  json::value ready = json::parse(reply.body, error);
  if (error || reply.status != 503) ready = understood(request, reply);
  std::vector<Check> checks{judge_storage(text_of(ready, "storage")), judge_portal(text_of(ready, "portal"))};
  if (find(ready, "callers") != nullptr) checks.push_back(judge_callers(text_of(ready, "callers")));
  if (find(ready, "certificateDays") != nullptr) {
    checks.push_back(judge_certificate(number_of(ready, "certificateDays", 0)));
  }
  return checks;
}

std::vector<Check> check_diagnosis(const Client& client) {
  std::vector<Check> checks;
  try {
    const json::value diagnosis = client.get("/v1/diagnosis");
    for (const json::value& each : entries(diagnosis, "checks")) {
      checks.push_back({text_of(each, "name"), status_named(text_of(each, "status")), text_of(each, "detail"),
                        text_of(each, "advice")});
    }
  } catch (const Refusal& refusal) {
    const bool older = refusal.status() == 404;
    checks.push_back({"diagnosis", Status::warning,
                      older
                          ? "this nopassd does not examine itself: database, disk, certificate and NoPass are unchecked"
                          : refusal.what(),
                      older ? "use the nopassctl that came with it, or bring nopassd up to date"
                            : "database, disk, certificate and NoPass are unchecked; run this as root"});
  }
  return checks;
}

}  // namespace nopassd::ctl
