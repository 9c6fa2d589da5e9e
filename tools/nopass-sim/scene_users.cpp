// The acts about people: added, enrolled from either side, changed, deleted.
#include "tools/nopass-sim/scene.hpp"

#include <fmt/format.h>

namespace nopassd::sim {
namespace {

ExpectedEvent about(std::string type, const Somebody& who) {
  return {std::move(type), "user/" + who.user_id, {{"userId", who.user_id}}};
}

}  // namespace

void add_people(Scene& scene) {
  const Step step{Callback::add_users,
                  body::add_users(scene.ann.person, scene.robert.person, scene.portal_id),
                  true,
                  {{"user.added", "", {}}, {"user.added", "", {}}}};
  const Stage::Outcome outcome = scene.stage.deliver(step);
  if (outcome.reply.status != 200 || outcome.events.size() != 2) {
    throw WalkStopped("without users there are no logins; does policy.add_users say accept?");
  }
  scene.ann.user_id = text_of(outcome.events.front().data, "userId");
  scene.robert.user_id = text_of(outcome.events.back().data, "userId");
}

void enrol_from_the_site(Scene& scene) {
  Stage& stage = scene.stage;
  const Person person = invent_person("carol");
  const std::string otp = fresh_id();
  const std::string auth_id = fresh_id();
  Step asked{Callback::validate_user_registration, body::validate_user_registration(otp, person), true, {}};
  asked.events.push_back({"registration.validated", "", {{"by", "site"}}});
  EarlyReply early = stage.overtake(asked);
  const boost::json::object started = stage.act("/v1/registrations",
                                                {{"for", "new"},
                                                 {"login", person.login},
                                                 {"email", person.email},
                                                 {"givenName", person.given_name},
                                                 {"binding", fresh_id()},
                                                 {"otp", otp}},
                                                "registration.started");
  const std::string id = text_of(started, "id");
  asked.events.front().subject = "registration/" + id;
  stage.deliver(asked, std::move(early));
  const ExpectedEvent registered{"user.registered", "", {{"registrationId", id}}};
  stage.deliver({Callback::confirm_user_registration,
                 body::confirm_user_registration(otp, scene.portal_id, auth_id, person.login),
                 "OK",
                 {registered}});
  stage.look("/v1/registrations/" + id, "state", "confirmed");
  // The session that callback 5 names is there for callback 10 alone.
  stage.deliver({Callback::close_session,
                 body::close_session(person.login, scene.portal_id, auth_id),
                 true,
                 {{"session.closed", "", {{"by", "nopass"}}}}});
}

void enrol_from_nopass(Scene& scene) {
  Stage& stage = scene.stage;
  const Person person = invent_person("dave");
  const std::string otp = fresh_id();
  const Step asked{Callback::validate_user_registration, body::validate_user_registration(otp, person), nullptr, {}};
  const CallbackReply reply = stage.ask(asked);
  if (reply.result == boost::json::value(false)) {
    stage.report().come("(refused, as policy.validate_user_registration has it)");
    stage.expect({});
    return;
  }
  stage.expect({{"registration.validated", "", {{"by", "nopass"}}}});
  stage.deliver({Callback::confirm_user_registration,
                 body::confirm_user_registration(otp, scene.portal_id, fresh_id(), person.login),
                 "OK",
                 {{"user.registered", "", {}}}});
  ++scene.left_open;
}

void change_and_delete_people(Scene& scene) {
  Stage& stage = scene.stage;
  const Step update{Callback::update_user,
                    body::update_user(scene.ann.login, scene.portal_id, "Robin"),
                    "OK",
                    {about("user.updated", scene.ann)}};
  for (const Event& event : stage.deliver(update).events) {
    const std::string expected = R"({"changed":["givenName"],"forbiddenStore":{"phoneNumber":true}})";
    const auto* forbidden = event.data.if_contains("forbiddenStore");
    const auto* changed = event.data.if_contains("changed");
    const bool both = forbidden != nullptr && changed != nullptr &&
                      *forbidden == boost::json::object{{"phoneNumber", true}} &&
                      *changed == boost::json::array{"givenName"};
    if (!both) stage.report().surprise("user.updated: expected " + expected);
  }
  // Deleting somebody ends the login that he is in the middle of.
  const Login login = start_login(scene, scene.robert, fresh_id());
  const ExpectedEvent closed{"session.closed", "session/" + login.session_id, {}};
  stage.deliver({Callback::delete_user,
                 body::delete_user(scene.robert.login, scene.portal_id),
                 "OK",
                 {closed, about("user.deleted", scene.robert)}});
}

}  // namespace nopassd::sim
