// The acts about logins: pictures, verdicts, the end of a session.
#include "tools/nopass-sim/png.hpp"
#include "tools/nopass-sim/scene.hpp"

#include <fmt/format.h>

#include <random>
#include <thread>

namespace nopassd::sim {
namespace {

constexpr int pictures_of_a_login = 3;

Step picture_step(const Scene& scene, const std::string& auth_id, const std::string& png) {
  return {Callback::update_picture,
          body::update_picture(auth_id, png, scene.picture_period.count(), scene.ann.login),
          "OK",
          {}};
}

Step verdict_step(const std::string& auth_id, bool authorized, const Somebody& who) {
  Step step{Callback::authorized_user, body::authorized_user(auth_id, authorized, ""), true, {}};
  ExpectedEvent event{authorized ? "session.authorized" : "session.denied", "", {{"userId", who.user_id}}};
  if (!authorized) {
    constexpr std::string_view reason = "The user declined <b>this</b> sign-in.";
    step.body = body::authorized_user(auth_id, false, reason);
    event.data["reason"] = reason;
  }
  step.events.push_back(std::move(event));
  return step;
}

// Shape, colour and code change together, so that no two pictures of a login are the same.
std::vector<std::string> pictures(Report& report) {
  std::random_device random;
  const unsigned start = random() % 900;
  std::vector<std::string> made;
  for (unsigned i = 0; i < pictures_of_a_login; ++i) {
    const Drawing drawing{start + i, start / 7 + 2 * i, start + 33 * i};
    made.push_back(make_png(drawing));
    report.say(fmt::format("     picture {}: {}, {} bytes", i + 1, describe(drawing), made.back().size()));
  }
  return made;
}

}  // namespace

Login start_login(Scene& scene, const Somebody& who, const std::string& auth_id) {
  const boost::json::object started = scene.stage.act(
      "/v1/sessions", {{"login", who.login}, {"binding", fresh_id()}, {"authId", auth_id}}, "session.started");
  if (text_of(started, "state") != "pending" || text_of(started, "userId") != who.user_id) {
    scene.stage.report().surprise("POST /v1/sessions: expected a pending session of " + who.user_id);
  }
  return {auth_id, text_of(started, "id")};
}

void log_in_and_out(Scene& scene) {
  Stage& stage = scene.stage;
  const std::vector<std::string> pngs = pictures(stage.report());
  const std::string auth_id = fresh_id();
  EarlyReply early = stage.overtake(picture_step(scene, auth_id, pngs.front()));
  const Login login = start_login(scene, scene.ann, auth_id);
  const std::string session = "/v1/sessions/" + login.session_id;
  for (std::size_t i = 0; i < pngs.size(); ++i) {
    if (i > 0) std::this_thread::sleep_for(scene.picture_period);
    stage.deliver(picture_step(scene, auth_id, pngs[i]), std::move(early));
    early.reset();
    stage.look(session, "pictureVersion", i + 1);
    stage.look_at_picture(login.session_id, pngs[i]);
  }
  // One that has been on display before, arriving late: answered, and not shown again.
  stage.deliver(picture_step(scene, auth_id, pngs.front()));
  stage.look_at_picture(login.session_id, pngs.back());

  stage.deliver(verdict_step(auth_id, true, scene.ann));
  stage.look(session, "state", "authorized");
  const ExpectedEvent closed{"session.closed", "session/" + login.session_id, {{"by", "nopass"}}};
  stage.deliver(
      {Callback::close_session, body::close_session(scene.ann.login, scene.portal_id, auth_id), true, {closed}});
  stage.look(session, "state", "closed");
}

void deny_a_login(Scene& scene) {
  const std::string auth_id = fresh_id();
  const Step verdict = verdict_step(auth_id, false, scene.robert);
  EarlyReply early = scene.stage.overtake(verdict);
  const Login login = start_login(scene, scene.robert, auth_id);
  scene.stage.deliver(verdict, std::move(early));
  scene.stage.look("/v1/sessions/" + login.session_id, "state", "denied");
  Step opposite = verdict_step(auth_id, true, scene.robert);
  opposite.events.clear();
  scene.stage.deliver_refused(opposite, 400, "109");
}

}  // namespace nopassd::sim
