#pragma once
// The eleven callbacks: what differs between them beside their meaning. callbacks.md, "The callbacks".
#include "handlers/callback/call.hpp"

namespace nopassd::handlers::callback {

/// When a callback is answered at all.
enum class Admission {
  window,               // only while a registration window is open
  challenge,            // after a good callback 1 in it, or as a repeat soon after the registration
  registered,           // only by a registered portal
  registered_or_repeat  // by a disabled one too, for what was answered before
};

/// What a success looks like in the vendor's sample portal.
enum class SampleReply { result, nothing };

struct Callback {
  std::string_view content_type;  // as the vendor documents it
  bool fails_with_false;          // `result` of a failure: false or null
  bool bare;                      // a success is the bare result in the documented style too
  SampleReply sample;
  Admission admission;
  asio::awaitable<Outcome> (*run)(const Call& call, const Body& body);
};

/// `index` is a position in `names`.
const Callback& callback_at(std::size_t index);

// Each in the file of its name. `body.faults` is to be reported together with what the members lack.
asio::awaitable<Outcome> confirm_pre_registration(const Call& call, const Body& body);
asio::awaitable<Outcome> confirm_registration(const Call& call, const Body& body);
asio::awaitable<Outcome> update_picture(const Call& call, const Body& body);
asio::awaitable<Outcome> validate_user_registration(const Call& call, const Body& body);
asio::awaitable<Outcome> confirm_user_registration(const Call& call, const Body& body);
asio::awaitable<Outcome> authorized_user(const Call& call, const Body& body);
asio::awaitable<Outcome> update_user(const Call& call, const Body& body);
asio::awaitable<Outcome> delete_user(const Call& call, const Body& body);
asio::awaitable<Outcome> add_users(const Call& call, const Body& body);
asio::awaitable<Outcome> close_session(const Call& call, const Body& body);
asio::awaitable<Outcome> disable_service(const Call& call, const Body& body);

}  // namespace nopassd::handlers::callback
