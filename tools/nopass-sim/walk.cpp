#include "tools/nopass-sim/walk.hpp"

#include "tools/nopass-sim/scene.hpp"

#include <fmt/format.h>

#include <random>

namespace nopassd::sim {
namespace {

std::int64_t challenge_number() {
  std::random_device random;
  return 10000000 + static_cast<std::int64_t>(random() % 90000000);  // eight digits, as the vendor says
}

void play(Scene& scene) {
  register_portal(scene);
  add_people(scene);
  log_in_and_out(scene);
  deny_a_login(scene);
  enrol_from_the_site(scene);
  enrol_from_nopass(scene);
  change_and_delete_people(scene);
  disable_service(scene);
  scene.stage.read_log_again();
}

void refuse_a_registered_portal(const Site& site) {
  if (text_of(site.must_get("/v1/portal"), "state") != "registered") return;
  throw WalkStopped(
      "this portal is registered already, and the walk registers one of its own and disables it at the end.\n"
      "  Walk against a daemon on a fresh database, as tools/quickstart does: nopassd --set storage.url=sqlite:FILE");
}

}  // namespace

void register_portal(Scene& scene) {
  const boost::json::object window = scene.stage.act("/v1/portal/registration", {}, "");
  const std::string admin_id = text_of(window, "adminId");
  const std::string s_code = text_of(window, "sCode");
  const std::int64_t r = challenge_number();
  scene.stage.report().come("window open");
  const Step challenge{Callback::confirm_pre_registration,
                       body::confirm_pre_registration(admin_id, r),
                       boost::json::object{{"adminId", admin_id}, {"sCode", s_code}, {"r", r + 1}},
                       {{"portal.challenged", "portal", {}}}};
  scene.stage.deliver(challenge);
  const Step registration{Callback::confirm_registration,
                          body::confirm_registration(scene.portal_id, fresh_id()),
                          boost::json::object{{"sCode", s_code}},
                          {{"portal.registered", "portal", {}}}};
  if (scene.stage.deliver(registration).reply.status != 200) {
    throw WalkStopped("the portal is not registered: nothing else would be answered");
  }
}

void disable_service(Scene& scene) {
  // With the portal go the logins that are under way.
  start_login(scene, scene.ann, fresh_id());
  ++scene.left_open;
  Step step{Callback::disable_service, body::disable_service(scene.portal_id), true, {}};
  for (int i = 0; i < scene.left_open; ++i) step.events.push_back({"session.closed", "", {}});
  step.events.push_back({"portal.disabled", "portal", {}});
  scene.stage.deliver(step);
  scene.stage.look("/v1/portal", "state", "disabled");
  scene.stage.deliver_refused({Callback::delete_user, body::delete_user(scene.ann.login, scene.portal_id), nullptr, {}},
                              403, "112");
}

int walk(const WalkOptions& options) {
  Report report;
  const Site site(options.site_socket);
  Chaos chaos(options.chaos_seed);
  if (chaos.on()) report.say("early: came before the site's call; -N: N replies got lost; +N: came N times more");
  try {
    refuse_a_registered_portal(site);
    Stage stage(options.portal, site, chaos, report);
    const Person ann = invent_person("ann");
    const Person robert = invent_person("robert");
    Scene scene{stage, options.picture_period, fresh_id(), {ann, ann.login, ""}, {robert, robert.email, ""}, 0};
    play(scene);
  } catch (const WalkStopped& stop) {
    report.surprise(stop.what());
  } catch (const ConnectionFailure& failure) {
    report.surprise(failure.what());
  }
  const Chaos::Tally& tally = chaos.tally();
  report.finish();
  if (chaos.on()) {
    report.say(fmt::format("chaos: seed {}, {} replies lost, {} callbacks repeated, {} early", *options.chaos_seed,
                           tally.lost, tally.repeated, tally.early));
  }
  report.summary();
  return report.surprises() == 0 ? 0 : 1;
}

}  // namespace nopassd::sim
