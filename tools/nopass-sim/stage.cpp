#include "tools/nopass-sim/stage.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace nopassd::sim {
namespace {

HttpCall call_of(const Step& step) {
  return {"POST", path_of(step.callback), std::string(kind_of(step.callback).content_type),
          boost::json::serialize(step.body)};
}

std::string numbered(Callback callback) {
  return fmt::format("{:>2} {}", static_cast<std::size_t>(callback) + 1, kind_of(callback).name);
}

// Results 1 and 2 hold the S-code, which is nobody's business on a screen.
std::string shown(const CallbackReply& reply) {
  if (reply.status == 200 && reply.result.is_object()) return "200 {…}";
  std::string text = fmt::format("{} {}", reply.status, boost::json::serialize(reply.result));
  if (!reply.codes.empty()) text += fmt::format(" [{}]", fmt::join(reply.codes, ","));
  return text;
}

std::string shown(const Event& event) {
  std::string text = event.type;
  for (const auto& member : event.data) {
    if (!member.key().ends_with("Id")) {
      text += fmt::format(" {}={}", std::string(member.key()), boost::json::serialize(member.value()));
    }
  }
  return text;
}

bool holds(const boost::json::object& data, const boost::json::object& members) {
  return std::all_of(members.begin(), members.end(), [&data](const auto& member) {
    const auto* value = data.if_contains(member.key());
    return value != nullptr && *value == member.value();
  });
}

}  // namespace

Stage::Stage(Target portal, const Site& site, Chaos& chaos, Report& report)
    : portal_(std::move(portal)), site_(site), chaos_(chaos), report_(report), events_(site) {}

EarlyReply Stage::overtake(const Step& step) {
  const auto lead = chaos_.lead();
  if (!lead) return std::nullopt;
  in_flight_ = true;
  EarlyReply early =
      std::async(std::launch::async, [target = portal_, call = call_of(step)]() { return exchange(target, call); });
  std::this_thread::sleep_for(*lead);
  return early;
}

HttpReply Stage::send(const HttpCall& call, const std::vector<Loss>& losses) {
  for (const Loss loss : losses) exchange_and_lose(portal_, call, loss);
  return exchange(portal_, call);
}

void Stage::send_again(const Step& step, const CallbackReply& first) {
  const CallbackReply again = reader_.read(step.callback, exchange(portal_, call_of(step)));
  if (again.status != first.status || again.result != first.result || !again.fault.empty()) {
    report_.surprise(fmt::format("{} again: expected {}, got {} {}", kind_of(step.callback).name, shown(first),
                                 shown(again), again.fault));
  }
}

void Stage::check(const Step& step, const CallbackReply& reply) {
  const std::string_view name = kind_of(step.callback).name;
  if (reply.status != 200) {
    report_.surprise(fmt::format("{}: expected status 200, got {}", name, shown(reply)));
  } else if (!reply.fault.empty()) {
    report_.surprise(fmt::format("{}: the reply has {}", name, reply.fault));
  } else if (!step.result.is_null() && reply.result != step.result) {
    report_.surprise(fmt::format("{}: expected another result than {}", name, shown(reply)));
  } else if (!step.result.is_null() && !reply.codes.empty()) {
    report_.surprise(fmt::format("{}: expected no errors, got {}", name, shown(reply)));
  }
}

CallbackReply Stage::ask(const Step& step, EarlyReply early) {
  const bool overtook = early.has_value();
  const std::vector<Loss> losses = overtook ? std::vector<Loss>{} : chaos_.losses();
  const CallbackReply reply = reader_.read(step.callback, overtook ? early->get() : send(call_of(step), losses));
  in_flight_ = false;
  const int repeats = chaos_.repeats();
  std::string answer = shown(reply);
  if (overtook) answer += " early";
  if (!losses.empty()) answer += fmt::format(" -{}", losses.size());
  if (repeats > 0) answer += fmt::format(" +{}", repeats);
  report_.step("NoPass", numbered(step.callback), answer);
  check(step, reply);
  if (overtook && reply.status != 200) {
    report_.surprise("it came before the site's call and was not waited for: is callbacks.patience below 500ms?");
  }
  for (int i = 0; i < repeats; ++i) send_again(step, reply);
  return reply;
}

Stage::Outcome Stage::deliver(const Step& step, EarlyReply early) {
  const CallbackReply reply = ask(step, std::move(early));
  return {reply, expect(step.events)};
}

void Stage::deliver_refused(const Step& step, unsigned status, const std::string& code) {
  const CallbackReply reply = reader_.read(step.callback, send(call_of(step), chaos_.losses()));
  report_.step("NoPass", numbered(step.callback), shown(reply));
  // The sample style has no codes.
  const bool coded = reply.codes.empty() || reply.codes == std::vector<std::string>{code};
  if (reply.status != status || !coded) {
    report_.surprise(
        fmt::format("{}: expected {} [{}], got {}", kind_of(step.callback).name, status, code, shown(reply)));
  }
  expect({});
}

boost::json::object Stage::act(const std::string& path, const boost::json::object& body, const std::string& event) {
  boost::json::object resource = site_.must_post(path, body);
  report_.step("site", "POST " + path, "201 " + text_of(resource, "state"));
  if (event.empty()) return resource;
  const std::string kind = event.substr(0, event.find('.'));
  expect({{event, fmt::format("{}/{}", kind, text_of(resource, "id")), {}}});
  return resource;
}

std::vector<Event> Stage::expect(const std::vector<ExpectedEvent>& expected) {
  std::deque<Event>& waiting = events_.waiting();
  std::vector<Event> events;
  for (const ExpectedEvent& one : expected) {
    if (waiting.empty()) {
      report_.surprise(fmt::format("expected the event {}, none came", one.type));
      continue;
    }
    events.push_back(std::move(waiting.front()));
    waiting.pop_front();
    compare(one, events.back());
  }
  while (!in_flight_ && !waiting.empty()) {
    taken_.push_back(waiting.front().id);
    report_.surprise(fmt::format("expected no event, got {}", shown(waiting.front())));
    waiting.pop_front();
  }
  return events;
}

void Stage::compare(const ExpectedEvent& expected, const Event& event) {
  taken_.push_back(event.id);
  report_.count_event();
  report_.come(shown(event));
  const bool subject = expected.subject.empty() || expected.subject == event.subject;
  if (event.type != expected.type || !subject || !holds(event.data, expected.data)) {
    report_.surprise(fmt::format("expected the event {} of {} with {}, got {} of {} with {}", expected.type,
                                 expected.subject.empty() ? "anything" : expected.subject,
                                 boost::json::serialize(expected.data), event.type, event.subject,
                                 boost::json::serialize(event.data)));
  }
}

void Stage::look(const std::string& path, const std::string& member, const boost::json::value& expected) {
  const boost::json::object resource = site_.must_get(path);
  const auto* found = resource.if_contains(member);
  const std::string value = found == nullptr ? "nothing" : boost::json::serialize(*found);
  const std::string kind = path.substr(4, path.find('/', 4) - 4);  // between "/v1/" and the id
  report_.come(fmt::format("GET {}: {} {}", kind, member, value));
  if (found == nullptr || *found != expected) {
    report_.surprise(
        fmt::format("GET {}: expected {} {}, got {}", path, member, boost::json::serialize(expected), value));
  }
}

void Stage::look_at_picture(const std::string& session_id, std::string_view png) {
  const SiteReply reply = site_.get(fmt::format("/v1/sessions/{}/picture", session_id));
  if (reply.status != 200 || reply.raw != png) {
    report_.surprise(fmt::format("GET the picture: expected 200 and the {} bytes sent, got {} and {} bytes", png.size(),
                                 reply.status, reply.raw.size()));
  }
}

void Stage::read_log_again() {
  expect({});
  std::vector<std::string> ids;
  for (const Event& event : events_.all_again()) ids.push_back(event.id);
  if (ids != taken_) {
    report_.surprise(fmt::format("the log read again has {} events, {} were seen: they differ in number, order or ids",
                                 ids.size(), taken_.size()));
  }
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) report_.surprise("an event is in the log twice");
}

}  // namespace nopassd::sim
