// Callback 3: a new picture for a login under way.
#include "handlers/callback/callback_table.hpp"
#include "handlers/callback/late_knowledge.hpp"
#include "handlers/callback/picture.hpp"
#include "storage/lifecycle.hpp"

#include <algorithm>
#include <limits>
#include <memory>

namespace nopassd::handlers::callback {

namespace {

using storage::Milliseconds;
using storage::Session;
using storage::Transaction;

constexpr Milliseconds shortest_period = std::chrono::seconds(1);
constexpr Milliseconds longest_period = std::chrono::minutes(10);
constexpr Range any_integer{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};

struct NewPicture {
  storage::Digest auth_id{};
  std::string png;
  Milliseconds period{};
  std::string login_key;  // empty: not given
};

void announce(Transaction& transaction, const Session& session, std::int64_t version, storage::TimePoint next) {
  storage::LiveEvent event{"session.picture", "session/" + session.id, {}};
  event.data["sessionId"] = session.id;
  event.data["pictureVersion"] = version;
  event.data["nextChangeAt"] = storage::format_time(next);
  transaction.announce(std::move(event));
}

Outcome show(Transaction& transaction, const NewPicture& picture) {
  if (auto wrong = not_this_portal(transaction, {})) return *wrong;
  const auto session = transaction.session_by_auth_id(picture.auth_id);
  if (!session) return unknown_auth_id();
  if (!picture.login_key.empty() && picture.login_key != session->login_key) {
    return refused("103", "userId is not the session's login");
  }
  const auto next = transaction.now() + picture.period;
  const auto version = transaction.show_picture(session->id, picture.png, next);
  if (!version) return done("OK", "picture repeated, session " + session->id);
  // A picture that was shown before is fine at any time; a new one is refused here, and with that rolled back.
  if (storage::effective_state(*session, transaction.now()) != storage::SessionState::pending) {
    return refused("109", "the session is already ended");
  }
  announce(transaction, *session, *version, next);
  return done("OK", "picture " + std::to_string(*version) + ", session " + session->id);
}

std::string read_image(Members& members) {
  const boost::json::value* image = members.find("image");
  if (image == nullptr || !image->is_string() || image->get_string().empty()) {
    members.required_text("image", 0);
    return {};
  }
  const auto& text = image->get_string();
  auto png = decode_picture({text.data(), text.size()});
  if (!png) members.fault("110", "image", "is not a base64 PNG-8 picture");
  return std::move(png).value_or("");
}

}  // namespace

asio::awaitable<Outcome> update_picture(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  const std::string auth_id = members.required_text("authId", key_limit);
  auto picture = std::make_shared<NewPicture>();
  picture->png = read_image(members);
  const std::int64_t period = members.required_integer("nextChange", any_integer);
  picture->period = Milliseconds(std::clamp<std::int64_t>(period, shortest_period.count(), longest_period.count()));
  picture->login_key = members.login("userId").key;
  if (!faults.empty()) co_return refused(std::move(faults));

  picture->auth_id = call.digest(storage::SecretKind::auth_id, auth_id);
  const Key key{Key::Kind::auth_id, picture->auth_id};
  Work work = [picture](Transaction& transaction) { return show(transaction, *picture); };
  co_return co_await commit_patiently(call, key, std::move(work));
}

}  // namespace nopassd::handlers::callback
