// The event log: its end, or from a cursor on, and what comes.
//
// By long poll and not by stream: whoever streams and may answer questions counts as somebody who will, and callbacks
// would wait for an operator who only looks.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/table.hpp"
#include "tools/nopassctl/words.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <thread>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

constexpr std::int64_t largest_page = 1000;
constexpr std::int64_t poll_seconds = 30;
constexpr std::chrono::seconds between_attempts{1};

struct Wanted {
  Query types;
  std::string cursor;  // empty: from the oldest
  bool json = false;
};

/// What follows the cursor, which moves on.
json::value read_page(const Client& client, Wanted& wanted, std::int64_t limit, std::int64_t wait) {
  Query query = wanted.types;
  query.add("after", wanted.cursor).add("limit", limit);
  if (wait > 0) query.add("wait", wait);
  json::value page = client.get("/v1/events" + query.text());
  wanted.cursor = text_of(page, "cursor");
  return page;
}

/// Members as name=value, without those that the subject says already.
std::string data_text(const json::value& event, const std::string& subject) {
  std::string text;
  const json::value* data = find(event, "data");
  if (data == nullptr || !data->is_object()) return text;
  for (const auto& member : data->get_object()) {
    const std::string value = text_of(member.value(), "");
    if (!value.empty() && subject.ends_with("/" + value)) continue;
    const bool quoted = value.empty() || value.find_first_of(" \"=") != value.npos;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", std::string_view(member.key()),
                        quoted ? fmt::format("\"{}\"", value) : value);
  }
  return text;
}

void print_event(const json::value& event, bool as_json) {
  if (as_json) return print_json(event);
  std::string type = text_of(event, "type");
  if (type.starts_with(words::event_prefix)) type.erase(0, words::event_prefix.size());
  const std::string subject = text_of(event, "subject");
  const std::string data = data_text(event, subject);
  print_line(
      fmt::format("{:<24}  {:<22}  {}{}{}", text_of(event, "time"), type, subject, data.empty() ? "" : "  ", data));
}

/// The last `count` events. The API reads forward only, so this reads through what is kept.
void print_newest(const Client& client, Wanted& wanted, std::int64_t count) {
  std::deque<json::value> newest;
  while (true) {
    const json::value page = read_page(client, wanted, largest_page, 0);
    const json::array& data = entries(page, "data");
    newest.insert(newest.end(), data.begin(), data.end());
    while (static_cast<std::int64_t>(newest.size()) > count) newest.pop_front();
    if (data.empty()) break;
  }
  for (const json::value& event : newest) print_event(event, wanted.json);
}

/// The next `count` events.
void print_next(const Client& client, Wanted& wanted, std::int64_t count) {
  while (count > 0) {
    const json::value page = read_page(client, wanted, std::min(count, largest_page), 0);
    const json::array& data = entries(page, "data");
    for (const json::value& event : data) print_event(event, wanted.json);
    if (data.empty()) return;
    count -= static_cast<std::int64_t>(data.size());
  }
  print_note(fmt::format("more may follow: --since {}", wanted.cursor));
}

void print_page(const json::value& page, bool as_json) {
  for (const json::value& event : entries(page, "data")) print_event(event, as_json);
  std::fflush(stdout);
}

/// Whether the cursor was no longer kept; then it moves on to the oldest that is.
bool is_gone(const Failure& failure, Wanted& wanted) {
  const auto* refusal = dynamic_cast<const Refusal*>(&failure);
  if (refusal == nullptr || refusal->status() != 410) return false;
  wanted.cursor = text_of(refusal->problem(), "oldest");
  print_note(
      "the log no longer reaches back to the last event shown, or a backup was restored: what follows begins with the "
      "oldest event that is kept");
  return true;
}

bool may_pass(const Failure& failure) {
  const auto* refusal = dynamic_cast<const Refusal*>(&failure);
  return failure.code() == ExitCode::unreachable ||
         (refusal != nullptr && (refusal->status() == 429 || refusal->status() >= 500));
}

[[noreturn]] void follow(const Client& client, Wanted& wanted) {
  print_page(read_page(client, wanted, largest_page, 0), wanted.json);  // what is wrong from the beginning ends it
  bool failing = false;
  while (true) {
    try {
      const json::value page = read_page(client, wanted, largest_page, failing ? 0 : poll_seconds);
      if (failing) print_note("the daemon answers again");
      failing = false;
      print_page(page, wanted.json);
    } catch (const Failure& failure) {
      if (is_gone(failure, wanted)) continue;
      if (!may_pass(failure)) throw;
      if (!failing) print_note(fmt::format("{}; trying again every second", failure.what()));
      failing = true;
      std::this_thread::sleep_for(between_attempts);
    }
  }
}

ExitCode events(const Context& context, const Arguments& arguments) {
  Wanted wanted;
  wanted.json = context.json;
  for (const std::string& type : arguments.all("type")) wanted.types.add("type", words::full_type(type));
  const bool follows = arguments.has("follow");
  const std::int64_t limit = arguments.number("limit", {0, 1'000'000, follows ? 10 : 100});
  const std::string since = arguments.text("since");
  if (since != "oldest") wanted.cursor = since;
  if (since.empty()) {
    print_newest(context.client, wanted, limit);
  } else if (!follows) {
    print_next(context.client, wanted, limit);
  }
  if (follows) follow(context.client, wanted);
  return ExitCode::done;
}

}  // namespace

Commands event_commands() {
  return {{"events",
           "what has happened, and what happens",
           {{"--follow,-f", "", "go on with what comes, until Ctrl-C; waits for a daemon that is being restarted"},
            {"--type,-t", "T", "only this type, e.g. session.denied; may be repeated", false, true, words::event_types},
            {"--since", "CURSOR", "what follows this cursor, or `oldest`; otherwise the newest"},
            {"--limit", "N", "at most so many (100); with --follow, so many of the newest first (10)"}},
           events,
           "A line an event: time, type (without nopass.), subject, data; with --json an object a line. Without\n"
           "--since the whole log is read through to find its end: seconds for a million events."}};
}

}  // namespace nopassd::ctl
