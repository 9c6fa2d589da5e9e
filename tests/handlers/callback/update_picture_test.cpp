#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::IsEmpty;

class UpdatePicture : public CallbackTest {
 protected:
  void SetUp() override {
    prepare(2);
    id_ = session("auth-1").id;
  }
  Reply update(const json::object& changes) {
    json::object body = json::parse(good_body(2)).as_object();
    for (const auto& change : changes) body[change.key()] = change.value();
    return post("UpdatePicture", json::serialize(body));
  }
  std::optional<storage::Picture> shown() {
    return store.read([this](storage::Snapshot& snapshot) { return snapshot.picture(id_); });
  }
  std::string id_;
};

TEST_F(UpdatePicture, ReplacesThePictureOfThePendingSession) {
  expect_result(update({}), "OK");
  ASSERT_TRUE(shown());
  EXPECT_EQ(shown()->version, 1);
  EXPECT_EQ(base64(shown()->png), picture());
  EXPECT_EQ(shown()->next_change_at, store.clock.now() + std::chrono::seconds(30));
  expect_result(update({{"image", "data:image/png;base64," + picture(1)}}), "OK");
  EXPECT_EQ(shown()->version, 2);
  EXPECT_EQ(base64(shown()->png), picture(1));
  EXPECT_THAT(take_event_types(), IsEmpty());
}

TEST_F(UpdatePicture, IsAnnouncedButNotLogged) {
  update({});
  const auto live = take_live();
  ASSERT_EQ(live.size(), 1U);
  EXPECT_EQ(live[0].type, "session.picture");
  EXPECT_EQ(live[0].subject, "session/" + id_);
  EXPECT_EQ(json::value(live[0].data),
            (json::value{{"sessionId", id_}, {"pictureVersion", 1}, {"nextChangeAt", "2026-01-01T00:00:30Z"}}));
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(UpdatePicture, ClampsThePeriod) {
  const std::vector<std::pair<json::value, storage::Milliseconds>> cases = {
      {-5, std::chrono::seconds(1)},       {0, std::chrono::seconds(1)},
      {999, std::chrono::seconds(1)},      {1001, storage::Milliseconds(1001)},
      {"30000", std::chrono::seconds(30)}, {600000, std::chrono::minutes(10)},
      {600001, std::chrono::minutes(10)},  {1e300, std::chrono::minutes(10)},
      {-1e300, std::chrono::seconds(1)},   {"9999999999999999999999", std::chrono::minutes(10)}};
  int seed = 0;
  for (const auto& [period, clamped] : cases) {
    expect_result(update({{"image", picture(++seed)}, {"nextChange", period}}), "OK");
    EXPECT_EQ(shown()->next_change_at, store.clock.now() + clamped) << json::serialize(period);
  }
  expect_refusal(update({{"nextChange", "-5"}}), 400, "103");
  expect_refusal(update({{"nextChange", nullptr}}), 400, "102");
}

TEST_F(UpdatePicture, RefusesWhatIsNoPicture) {
  for (const std::string& image : {std::string("AAAA"), picture() + "=", picture().substr(1), base64(png(9, 9, 8, 6)),
                                   base64(png(1025, 9, 8, 3)), "data:image/jpeg;base64," + picture()}) {
    expect_refusal(update({{"image", image}}), 400, "110");
  }
  expect_refusal(update({{"image", ""}}), 400, "103");
  expect_refusal(update({{"image", 5}}), 400, "103");
  expect_refusal(update({{"image", nullptr}}), 400, "102");
  EXPECT_FALSE(shown());
  EXPECT_THAT(take_live(), IsEmpty());
}

TEST_F(UpdatePicture, IgnoresAPictureThatTheSessionHasHadBefore) {
  update({});
  update({{"image", picture(1)}});
  take_live();
  expect_result(update({{"nextChange", 5000}}), "OK");
  EXPECT_EQ(shown()->version, 2);
  EXPECT_EQ(base64(shown()->png), picture(1));
  EXPECT_THAT(take_live(), IsEmpty());
}

TEST_F(UpdatePicture, KnowsThePictureEvenAfterTheSession) {
  update({});
  post("AuthorizedUser", R"({"authId":"auth-1","isAuthorized":false})");
  expect_result(update({}), "OK");
  expect_refusal(update({{"image", picture(1)}}), 400, "109");
  expect_refusal(update({{"image", picture(1)}}), 400, "109");  // a refused one was not remembered
}

TEST_F(UpdatePicture, IsOnlyForAPendingSession) {
  post("AuthorizedUser", R"({"authId":"auth-1","isAuthorized":true})");
  expect_refusal(update({}), 400, "109");
  EXPECT_FALSE(shown());
}

TEST_F(UpdatePicture, IsTooLateForAnExpiredSession) {
  store.clock.advance(settings.session_lifetime);
  expect_refusal(update({}), 400, "109");
}

TEST_F(UpdatePicture, WantsAKnownAuthId) { expect_refusal(update({{"authId", "auth-2"}}), 404, "105"); }

TEST_F(UpdatePicture, ComparesTheUserIdWithTheSessionsLogin) {
  expect_refusal(update({{"userId", "ann"}}), 400, "103");
  EXPECT_FALSE(shown());
  expect_result(update({{"UserId", "JIM"}}), "OK");
  expect_result(update({{"userId", ""}}), "OK");
  expect_result(update({{"userId", nullptr}}), "OK");
}

}  // namespace
}  // namespace nopassd::handlers::callback
