#pragma once
// The acts of the walk, in the order of a portal's life. Each throws WalkStopped when the rest makes no sense without
// it.
#include "tools/nopass-sim/stage.hpp"

#include <chrono>
#include <string>

namespace nopassd::sim {

struct Somebody {
  Person person;
  std::string login;  // what NoPass calls him by
  std::string user_id;
};

/// What the acts know of one another.
struct Scene {
  Stage& stage;
  std::chrono::milliseconds picture_period;
  std::string portal_id;
  Somebody ann;     // added with a login of her own
  Somebody robert;  // added with his e-mail as login
  int left_open;    // sessions that nothing has ended
};

/// A login that the site has started, with the authId that NoPass gave it.
struct Login {
  std::string auth_id;
  std::string session_id;
};

void register_portal(Scene& scene);           // 1, 2
void add_people(Scene& scene);                // 9
void log_in_and_out(Scene& scene);            // 3, 6, 10
void deny_a_login(Scene& scene);              // 6
void enrol_from_the_site(Scene& scene);       // 4, 5, 10
void enrol_from_nopass(Scene& scene);         // 4, 5 where the policy lets it
void change_and_delete_people(Scene& scene);  // 7, 8
void disable_service(Scene& scene);           // 11

/// POST /v1/sessions in the recording form, and its event.
Login start_login(Scene& scene, const Somebody& who, const std::string& auth_id);

}  // namespace nopassd::sim
