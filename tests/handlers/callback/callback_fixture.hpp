#pragma once
// Callbacks against a real store, with a clock that the test turns and a hub that the test rings.
#include "handlers/callback/callbacks.hpp"
#include "handlers/callback/patience.hpp"
#include "storage/lifecycle.hpp"
#include "tests/handlers/callback/fake_hub.hpp"
#include "tests/storage/temporary_store.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::callback {

namespace json = boost::json;

inline constexpr std::string_view portal_id = "portal-5f3a";
inline constexpr std::string_view auth_token = "token-77aa";
inline constexpr std::string_view admin_id = "JimTheAdmin";
inline constexpr std::string_view s_code = "nDhTZvX82EtAAAAAAAAAAAAAAAAAAAAA";
inline constexpr std::string_view console = "192.0.2.1";

/// A request as text of its own; `path` is a callback's name or, with a slash, a path.
struct Sent {
  std::string path;
  std::string body;
  std::string method = "POST";
  std::string content_type = "application/json-patch+json";
  std::string content_encoding{};
  std::string accept{};
  std::string caller{console};
};

/// A PNG with a palette whose bytes differ with `seed`, as base64.
std::string picture(int seed = 0);
std::string base64(std::string_view bytes);
/// Signature and header of a PNG with a right CRC, and a few bytes more.
std::string png(std::uint32_t width, std::uint32_t height, char depth, char colour, std::string_view rest = "rest");

class CallbackTest : public ::testing::Test {
 protected:
  Reply send(const Sent& sent);
  Reply post(std::string_view name, std::string body) { return send({std::string(name), std::move(body)}); }
  asio::awaitable<Reply> sending(Sent sent);

  /// Puts the store where `good_body(index)` is carried out by callback `index` of the table.
  void prepare(std::size_t index);
  static std::string good_body(std::size_t index);

  void open_window();
  void register_portal();
  storage::Session start_session(std::string_view auth_id, std::string_view login);
  storage::Registration start_registration(std::string_view otp, std::string_view login, std::string external_id = {});
  storage::User add_user(std::string_view login, std::string external_id = {});

  storage::Portal portal();
  storage::Session session(std::string_view auth_id);
  std::optional<storage::Registration> registration(std::string_view otp);
  std::optional<storage::User> user(std::string_view login);
  std::vector<storage::User> users();
  /// Of what was appended since this was last asked.
  std::vector<storage::Event> take_events();
  std::vector<std::string> take_event_types();
  /// Of what was announced since this was last asked.
  std::vector<storage::LiveEvent> take_live();
  /// Everything that a refused callback might have touched, as text.
  std::string world();

  storage::Digest digest(storage::SecretKind kind, std::string_view text) { return store->digest(kind, text); }

  // The store's io_context goes first, with the coroutines that still wait there.
  testing::FakeHub hub;
  Settings settings;
  storage::Random random = storage::system_random();
  Patience patience;
  Metrics metrics;
  testing::TemporaryStore store;
  OwnCalls own_calls;
  Services services{*store, hub, settings, random, patience, metrics, own_calls};

 private:
  std::int64_t seen_ = 0;
};

/// The callback's name, for the tests that ask the same of all of them.
inline std::string row_name(const ::testing::TestParamInfo<std::size_t>& info) {
  return std::string(names.at(info.param));
}

json::object parsed(const Reply& reply);
std::vector<std::string> codes(const Reply& reply);
std::vector<std::string> messages(const Reply& reply);

/// Status, the only code, and the documented shape.
void expect_refusal(const Reply& reply, unsigned status, std::string_view code);
void expect_result(const Reply& reply, const json::value& result);
void expect_nothing_here(const Reply& reply);

}  // namespace nopassd::handlers::callback
