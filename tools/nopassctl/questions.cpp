// Callbacks that wait for a yes or a no.
#include "tools/nopassctl/command.hpp"
#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/table.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

constexpr std::string_view folder = "/v1/questions";
constexpr std::int64_t longest_poll = 60;

/// What there is, or what comes within that many seconds.
json::value asked(const Context& context, std::int64_t seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - std::chrono::steady_clock::now()).count();
    Query query;
    if (left > 0) query.add("wait", std::min<std::int64_t>(left, longest_poll));
    json::value found = context.client.get(std::string(folder) + query.text());
    if (left <= 0 || !entries(found, "data").empty()) return found;
  }
}

ExitCode list(const Context& context, const Arguments& arguments) {
  const std::int64_t wait = arguments.number("wait", {0, 86'400, 0});
  const json::value questions = asked(context, wait);
  if (context.json) {
    print_json(questions);
  } else {
    print_list(questions,
               {{"ID", "id"},
                {"CALLBACK", "callback"},
                {"DEADLINE", "deadline"},
                {"USER", "userId"},
                {"LOGIN", "login"},
                {"EMAIL", "email"},
                {"COUNT", "count"},
                {"LOGINS", "logins"}},
               wait == 0 ? "no open questions" : fmt::format("no question came within {} s", wait));
  }
  return wait > 0 && entries(questions, "data").empty() ? ExitCode::timed_out : ExitCode::done;
}

ExitCode answer(const Context& context, const Arguments& arguments) {
  const bool allow = arguments.has("allow");
  if (allow == arguments.has("deny")) throw Failure(ExitCode::usage, "say either --allow or --deny");
  json::object body{{"allow", allow}};
  if (arguments.has("reason")) body["reason"] = arguments.text("reason");
  const std::string id = arguments.text("ID");
  const json::value done = context.client.call("PUT", path_to(folder, id) + "/answer", body);
  if (context.json) {
    print_json(done);
  } else {
    print_line(
        fmt::format("question {} is answered: {} is {}", id, text_of(done, "callback"), allow ? "allowed" : "denied"));
  }
  return ExitCode::done;
}

}  // namespace

Commands question_commands() {
  const std::vector<Parameter> waits = {
      {"--wait", "S", "wait up to so many seconds for the first; exit 5 if none came"}};
  constexpr std::string_view note =
      "For a minute after you have looked, you count as somebody who answers: callbacks whose policy is ask wait for\n"
      "you until policy.timeout.";
  return {{"questions", "callbacks that wait for an answer: list, answer", waits, list, note},
          {"questions list", "the open ones, oldest first", waits, list, note},
          {"questions answer",
           "answers one, once",
           {{"ID", "", "the question's id", true},
            {"--allow", "", "yes"},
            {"--deny", "", "no"},
            {"--reason", "R", "why, for the record"}},
           answer}};
}

}  // namespace nopassd::ctl
