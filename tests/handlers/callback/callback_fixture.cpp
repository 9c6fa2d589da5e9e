#include "tests/handlers/callback/callback_fixture.hpp"

#include "storage/names.hpp"

#include <boost/crc.hpp>
#include <openssl/evp.h>

#include <stdexcept>

namespace nopassd::handlers::callback {

using storage::Snapshot;
using storage::Transaction;

namespace {

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> text(bytes.size() / 3 * 4 + 5);
  std::vector<unsigned char> input(bytes.begin(), bytes.end());
  const int length = EVP_EncodeBlock(text.data(), input.data(), static_cast<int>(input.size()));
  return {text.begin(), text.begin() + length};
}

std::string png(std::uint32_t width, std::uint32_t height, char depth, char colour, std::string_view rest) {
  const std::string header = "IHDR" + big_endian(width) + big_endian(height) + depth + colour + std::string(3, '\0');
  boost::crc_32_type crc;
  crc.process_bytes(header.data(), header.size());
  return std::string("\x89PNG\r\n\x1a\n") + big_endian(13) + header + big_endian(crc.checksum()) + std::string(rest);
}

std::string picture(int seed) { return base64(png(120, 90, 8, 3, "palette and pixels " + std::to_string(seed))); }

asio::awaitable<Reply> CallbackTest::sending(Sent sent) {
  const std::string path = sent.path.find('/') == std::string::npos ? std::string(path_root) + sent.path : sent.path;
  Request request;
  request.method = sent.method;
  request.path = path;
  request.content_type = sent.content_type;
  request.content_encoding = sent.content_encoding;
  request.accept = sent.accept;
  request.body = sent.body;
  request.caller = sent.caller;
  co_return co_await handle(services, request);
}

Reply CallbackTest::send(const Sent& sent) { return store.run(sending(sent)); }

void CallbackTest::open_window() {
  const auto lifetime = settings.registration_window;
  store.transact([lifetime](Transaction& transaction) {
    storage::Portal portal = transaction.portal();
    const auto now = transaction.now();
    portal.window = storage::Window{std::string(admin_id), std::string(s_code), now, now + lifetime, std::nullopt};
    transaction.save_portal(portal);
    transaction.clear_failed_challenges();
    return true;
  });
}

void CallbackTest::register_portal() {
  store.transact([](Transaction& transaction) {
    storage::Portal portal;
    portal.state = storage::PortalState::registered;
    portal.portal_id = portal_id;
    portal.auth_token = auth_token;
    portal.s_code = s_code;
    portal.registered_by = console;
    portal.registered_at = transaction.now() - std::chrono::hours(1);
    transaction.save_portal(portal);
    return true;
  });
}

storage::Session CallbackTest::start_session(std::string_view auth_id, std::string_view login) {
  storage::Session session;
  session.auth_id = digest(storage::SecretKind::auth_id, auth_id);
  session.login = login;
  session.login_key = storage::login_key(login);
  return store.transact([session, lifetime = settings.session_lifetime](Transaction& transaction) mutable {
    session.id = transaction.new_id();
    session.started_at = transaction.now();
    session.expires_at = transaction.now() + lifetime;
    if (const auto owner = transaction.user_by_login(session.login_key)) session.user_id = owner->id;
    transaction.add_session(session);
    transaction.append(storage::session_event("started", session));
    return session;
  });
}

storage::Registration CallbackTest::start_registration(std::string_view otp, std::string_view login,
                                                       std::string external_id) {
  storage::Registration registration;
  registration.otp = digest(storage::SecretKind::otp, otp);
  registration.login = login;
  registration.login_key = storage::login_key(login);
  registration.external_id = std::move(external_id);
  return store.transact([registration, lifetime = settings.registration_lifetime](Transaction& transaction) mutable {
    registration.id = transaction.new_id();
    registration.started_at = transaction.now();
    registration.expires_at = transaction.now() + lifetime;
    const auto owner = transaction.user_by_external_id(registration.external_id);
    if (owner) registration.user_id = owner->id;
    transaction.add_registration(registration);
    transaction.append(storage::registration_event("started", registration));
    return registration;
  });
}

storage::User CallbackTest::add_user(std::string_view login, std::string external_id) {
  storage::User user;
  user.login = login;
  user.login_key = storage::login_key(login);
  user.external_id = std::move(external_id);
  return store.transact([user](Transaction& transaction) mutable {
    user.id = transaction.new_id();
    user.created_at = transaction.now();
    transaction.add_user(user);
    return user;
  });
}

storage::Portal CallbackTest::portal() {
  return store.read([](Snapshot& snapshot) { return snapshot.portal(); });
}

storage::Session CallbackTest::session(std::string_view auth_id) {
  const auto key = digest(storage::SecretKind::auth_id, auth_id);
  const auto found = store.read([key](Snapshot& snapshot) { return snapshot.session_by_auth_id(key); });
  if (!found) throw std::logic_error("no such session");
  return *found;
}

std::optional<storage::Registration> CallbackTest::registration(std::string_view otp) {
  const auto key = digest(storage::SecretKind::otp, otp);
  return store.read([key](Snapshot& snapshot) { return snapshot.registration_by_otp(key); });
}

std::optional<storage::User> CallbackTest::user(std::string_view login) {
  const std::string key = storage::login_key(login);
  return store.read([key](Snapshot& snapshot) { return snapshot.user_by_login(key); });
}

std::vector<storage::User> CallbackTest::users() {
  return store.read([](Snapshot& snapshot) { return snapshot.users({}, {0, 100}).data; });
}

std::vector<storage::Event> CallbackTest::take_events() {
  const storage::EventQuery query{seen_, 10000, {}};
  auto events = store.read([query](Snapshot& snapshot) { return snapshot.events_after(query).events; });
  if (!events.empty()) seen_ = events.back().sequence;
  return events;
}

std::vector<std::string> CallbackTest::take_event_types() {
  std::vector<std::string> types;
  for (const auto& event : take_events()) types.push_back(event.type);
  return types;
}

std::vector<storage::LiveEvent> CallbackTest::take_live() {
  std::vector<storage::LiveEvent> live;
  for (const auto& notice : store.take_notices()) live.insert(live.end(), notice.live.begin(), notice.live.end());
  return live;
}

std::string CallbackTest::world() {
  return store.read([](Snapshot& snapshot) {
    const storage::Portal portal = snapshot.portal();
    std::string text(storage::name_of(portal.state));
    text += " " + portal.portal_id + " " + portal.auth_token + (portal.window ? " window" : "");
    if (portal.window && portal.window->challenge) text += " challenged by " + portal.window->challenge->caller;
    text += " failures " + std::to_string(snapshot.failed_challenges(console));
    text += " events " + std::to_string(snapshot.event_log().last);
    for (const auto& one : snapshot.sessions({}, {0, 100}).data) {
      const auto shown = snapshot.picture(one.id);
      text += " session " + std::string(storage::name_of(one.state)) + one.reason;
      if (shown) text += " picture " + std::to_string(shown->version);
    }
    for (const auto& one : snapshot.registrations({}, {0, 100}).data) {
      text += " registration " + std::string(storage::name_of(one.state)) + one.asked_login_key;
    }
    for (const auto& one : snapshot.users({}, {0, 100}).data) {
      text += " user " + std::string(storage::name_of(one.state)) + one.login_key + one.profile.given_name;
    }
    return text + " questions " + std::to_string(snapshot.open_questions());
  });
}

json::object parsed(const Reply& reply) {
  if (reply.body.empty()) throw std::logic_error("the reply has no body");
  return json::parse(reply.body).as_object();
}

namespace {

std::vector<std::string> of_errors(const Reply& reply, std::string_view member) {
  std::vector<std::string> found;
  const json::object body = parsed(reply);
  for (const auto& error : body.at("errors").as_array()) {
    found.emplace_back(error.as_object().at(member).as_string().c_str());
  }
  return found;
}

}  // namespace

std::vector<std::string> codes(const Reply& reply) { return of_errors(reply, "code"); }
std::vector<std::string> messages(const Reply& reply) { return of_errors(reply, "message"); }

void expect_refusal(const Reply& reply, unsigned status, std::string_view code) {
  EXPECT_EQ(reply.status, status) << reply.log_note;
  ASSERT_FALSE(reply.body.empty()) << reply.log_note;
  EXPECT_THAT(codes(reply), ::testing::ElementsAre(std::string(code))) << reply.body;
}

void expect_result(const Reply& reply, const json::value& result) {
  EXPECT_EQ(reply.status, 200U) << reply.body << reply.log_note;
  ASSERT_FALSE(reply.body.empty()) << reply.log_note;
  EXPECT_TRUE(parsed(reply).at("errors").as_array().empty()) << reply.body;
  EXPECT_EQ(parsed(reply).at("result"), result) << reply.body;
}

void expect_nothing_here(const Reply& reply) {
  EXPECT_EQ(reply.status, 404U) << reply.log_note;
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(reply.content_type, "");
}

}  // namespace nopassd::handlers::callback
