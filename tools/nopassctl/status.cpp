// Everything that matters, on one screen.
//
// The open questions come from /metrics: who asks for them over the API counts as somebody who answers, and callbacks
// would wait for an operator who only looks.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/metrics.hpp"
#include "tools/nopassctl/readers.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/terminal.hpp"
#include "tools/nopassctl/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

constexpr std::int64_t most_shown = 100;

/// A part of the status; where the daemon refuses it (a scope, an older version), {"refused": why} stands for it.
template <class Read>
json::value part(const Read& read) {
  try {
    return read();
  } catch (const Refusal& refusal) {
    std::string why = text_of(refusal.problem(), "detail");
    if (refusal.status() == 404) why = "this nopassd does not offer it";
    return json::object{{"refused", why.empty() ? refusal.what() : why}};
  }
}

/// /readyz answers 503 with the same members when something is wrong.
json::value readiness(const Client& client) {
  const HttpRequest request{"GET", "/readyz", ""};
  const HttpReply reply = client.exchange(request);
  json::error_code error;
  json::value read = json::parse(reply.body, error);
  if (error || !read.is_object() || (reply.status != 200 && reply.status != 503)) return understood(request, reply);
  read.get_object()["ready"] = reply.status == 200;
  return read;
}

/// What of the metrics is shown; {} where there are none.
json::object counts(const Client& client) {
  const HttpReply reply = client.exchange({"GET", "/metrics", ""});
  json::object found;
  if (reply.status != 200) return found;
  for (const auto& [name, metric] : {std::pair{"questionsOpen", "nopassd_questions_open"},
                                     {"eventsKept", "nopassd_events_kept"},
                                     {"databaseBytes", "nopassd_database_bytes"},
                                     {"databaseLogBytes", "nopassd_database_log_bytes"}}) {
    if (const auto value = metric_value(reply.body, metric)) found[name] = static_cast<std::int64_t>(*value);
  }
  return found;
}

json::object gather(const Client& client) {
  json::object status;
  status["info"] = client.get("/v1/info");
  status["ready"] = part([&] { return readiness(client); });
  status["portal"] = part([&] { return client.get("/v1/portal"); });
  status["consumers"] = part([&] { return client.list("/v1/consumers", Query(), most_shown); });
  json::array others;
  for (const auto& [name, lag] : consumers_of_others(client, status.at("consumers"))) {
    others.push_back(json::object{{"id", name}, {"lag", lag}});
  }
  status["consumersOfOthers"] = std::move(others);
  status["hooks"] = part([&] { return client.list("/v1/hooks", Query(), most_shown); });
  status["counts"] = counts(client);
  return status;
}

void print_item(std::string_view name, const std::string& text, Colour colour = Colour::none) {
  if (text.empty()) return print_line(name);
  fmt::print("{:<11}{}\n", name, coloured(printable(text), colour));
}

/// "not shown: …" when the part was refused.
bool print_refused(std::string_view name, const json::value& part) {
  const std::string why = text_of(part, "refused");
  if (!why.empty()) print_item(name, "not shown: " + why, Colour::yellow);
  return !why.empty();
}

void print_readiness(const json::value& ready) {
  if (print_refused("ready", ready)) return;
  const bool fine = is_true(ready, "ready");
  std::string text = fine ? "yes" : "no, callbacks would fail";
  std::string_view separator = ": ";
  for (const auto& member : ready.get_object()) {
    const std::string_view key = member.key();
    if (key == "ready" || key == "portal") continue;
    text += fmt::format("{}{} {}", separator, key == "certificateDays" ? "certificate days" : key,
                        text_of(member.value(), ""));
    separator = ", ";
  }
  print_item("ready", text, fine ? Colour::green : Colour::red);
}

void print_portal(const json::value& portal) {
  if (print_refused("portal", portal)) return;
  const std::string state = text_of(portal, "state");
  const std::string since = text_of(portal, state == "disabled" ? "disabledAt" : "registeredAt");
  const bool fine = state == "registered";
  print_item("portal", state + (since.empty() || state == "unregistered" ? "" : " since " + since),
             fine ? Colour::green : Colour::yellow);
  if (find(portal, "window") != nullptr) {
    print_item("window", fmt::format("open until {}{}", text_of(portal, "window.expiresAt"),
                                     is_true(portal, "window.challenged") ? ", challenged" : ", nothing has come yet"));
  } else if (!fine) {
    print_item("window", "closed; `nopassctl register` opens one");
  }
}

void print_readers(const json::value& status) {
  if (!print_refused("consumers", status.at("consumers"))) {
    const bool none = entries(status, "consumers.data").empty() && entries(status, "consumersOfOthers").empty();
    print_item("consumers", none ? "none" : "");
  }
  Table consumers({"NAME", "LAG", "LAST SEEN", "STATE"});
  for (const json::value& each : entries(status, "consumers.data")) {
    consumers.add({text_of(each, "id"), text_of(each, "lag"), text_of(each, "lastSeenAt"),
                   is_true(each, "retired") ? "retired" : "active"});
  }
  for (const json::value& each : entries(status, "consumersOfOthers")) {
    consumers.add({text_of(each, "id"), text_of(each, "lag"), "-", "somebody else's"});
  }
  if (!consumers.empty()) consumers.print("  ");
  if (!print_refused("hooks", status.at("hooks"))) {
    print_item("hooks", entries(status, "hooks.data").empty() ? "none" : "");
  }
  Table hooks({"NAME", "LAG", "DELIVERED", "STATE", "LAST ERROR"});
  for (const json::value& each : entries(status, "hooks.data")) {
    hooks.add({text_of(each, "id"), text_of(each, "lag"), text_of(each, "lastDeliveredAt"), text_of(each, "state"),
               text_of(each, "lastError.detail")});
  }
  if (!hooks.empty()) hooks.print("  ");
}

void print_counts(const json::value& counts) {
  if (const std::string open = text_of(counts, "questionsOpen"); !open.empty()) {
    print_item("questions", open + (open == "0" ? " open" : " open; `nopassctl questions` shows them"));
  }
  if (const std::string kept = text_of(counts, "eventsKept"); !kept.empty()) print_item("events", kept + " kept");
  if (const std::int64_t bytes = number_of(counts, "databaseBytes", -1); bytes >= 0) {
    const std::int64_t log = number_of(counts, "databaseLogBytes", 0);
    print_item("database", fmt::format("{}, write-ahead log {}", size_text(static_cast<double>(bytes)),
                                       size_text(static_cast<double>(log))));
  }
}

ExitCode show(const Context& context, const Arguments&) {
  const json::value status = gather(context.client);
  if (context.json) {
    print_json(status);
    return ExitCode::done;
  }
  print_item("nopassd", fmt::format("{} {}", text_of(status, "info.version"), text_of(status, "info.source")));
  print_readiness(status.at("ready"));
  print_portal(status.at("portal"));
  print_counts(status.at("counts"));
  print_readers(status);
  return ExitCode::done;
}

}  // namespace

Commands status_commands() {
  return {{"status",
           "portal, readiness, consumers and hooks with their lag, questions, events",
           {},
           show,
           "With --json one object: info, ready, portal, consumers, hooks as the API gives them, and counts."}};
}

}  // namespace nopassd::ctl
