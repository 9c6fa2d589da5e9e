#pragma once
// Where NoPass and the website meet the daemon: sends one callback or site call, with or without chaos, and checks its
// answer, the events that it must leave behind, and that it leaves no others.
#include "tools/nopass-sim/chaos.hpp"
#include "tools/nopass-sim/replies.hpp"
#include "tools/nopass-sim/report.hpp"
#include "tools/nopass-sim/site.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <future>
#include <optional>
#include <string>
#include <vector>

namespace nopassd::sim {

/// `data` names members that the event must have; it may have others. An empty subject is any.
struct ExpectedEvent {
  std::string type;
  std::string subject;
  boost::json::object data;
};

using EarlyReply = std::optional<std::future<HttpReply>>;

/// One callback and what must come of it.
struct Step {
  Callback callback;
  boost::json::object body;
  boost::json::value result;  // expected with status 200; null: any
  std::vector<ExpectedEvent> events;
};

/// Used from one thread.
class Stage {
 public:
  Stage(Target portal, const Site& site, Chaos& chaos, Report& report);

  /// In chaos, sometimes: sends the callback now, before the site's call that it depends on, and gives it a lead.
  EarlyReply overtake(const Step& step);
  /// Sends the callback (unless it has overtaken) and checks the answer. Its events are still to be taken.
  CallbackReply ask(const Step& step, EarlyReply early = std::nullopt);
  /// ask(), and then takes the events.
  struct Outcome {
    CallbackReply reply;
    std::vector<Event> events;
  };
  Outcome deliver(const Step& step, EarlyReply early = std::nullopt);
  /// The same for a callback that must be refused with `status` and `code`, and leave nothing behind.
  void deliver_refused(const Step& step, unsigned status, const std::string& code);
  /// A POST of the site; a refusal throws WalkStopped. Returns the resource.
  boost::json::object act(const std::string& path, const boost::json::object& body, const std::string& event);
  /// Takes what has been committed since the last time and compares. Returns the events as they came.
  std::vector<Event> expect(const std::vector<ExpectedEvent>& expected);
  /// GETs a resource and compares one member.
  void look(const std::string& path, const std::string& member, const boost::json::value& expected);
  /// Compares the bytes that the session shows.
  void look_at_picture(const std::string& session_id, std::string_view png);
  /// The whole log since the start must be what was taken, each once and in order.
  void read_log_again();

  Report& report() { return report_; }
  const Site& site() const { return site_; }

 private:
  HttpReply send(const HttpCall& call, const std::vector<Loss>& losses);
  void send_again(const Step& step, const CallbackReply& first);
  void check(const Step& step, const CallbackReply& reply);
  void compare(const ExpectedEvent& expected, const Event& event);

  Target portal_;
  const Site& site_;
  Chaos& chaos_;
  Report& report_;
  ReplyReader reader_;
  EventReader events_;
  std::vector<std::string> taken_;  // ids of events, in order
  bool in_flight_ = false;          // a callback has overtaken: its events may be there already
};

}  // namespace nopassd::sim
