#include "handlers/live/assets.hpp"
#include "storage/lifecycle.hpp"
#include "tests/handlers/live/live_fixture.hpp"

namespace nopassd::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using storage::SessionState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

json::object status_of(const handlers::Reply& reply) { return json::parse(reply.body).as_object(); }

TEST_F(LiveTest, TellsTheStateOfALoginAndNoMore) {
  const auto login = start("auth-1");
  EXPECT_EQ(status_of(look(login)), (json::object{{"state", "pending"}, {"expiresInMs", 360000}}));
  show_picture(login, "png");
  clock.advance(seconds(10));
  EXPECT_EQ(
      status_of(look(login)),
      (json::object{{"state", "pending"}, {"nextChangeInMs", 20000}, {"expiresInMs", 350000}, {"pictureVersion", 1}}));
  authorize(login);
  EXPECT_EQ(status_of(look(login)), (json::object{{"state", "authorized"}, {"expiresInMs", 350000}}));
}

TEST_F(LiveTest, TellsARemainingTimeThatIsNeverNegative) {
  const auto login = start("auth-1");
  show_picture(login, "png");
  clock.advance(seconds(31));
  EXPECT_EQ(status_of(look(login)).at("nextChangeInMs"), 0);
}

TEST_F(LiveTest, ShowsTheReasonOfADenialAlone) {
  const auto login = start("auth-1");
  change(login, [](storage::Transaction& transaction, storage::Session& session) {
    session.reason = "changedMind";
    storage::end_session(transaction, session, SessionState::denied, storage::Party::nopass);
  });
  EXPECT_EQ(status_of(look(login)), (json::object{{"state", "denied"}, {"reason", "changedMind"}}));
}

TEST_F(LiveTest, KeepsAFinalStateForAMinute) {
  const auto login = start("auth-1");
  end(login, SessionState::cancelled);
  clock.advance(seconds(60));
  EXPECT_EQ(text_of(status_of(look(login)), "state"), "cancelled");
  clock.advance(milliseconds(1));
  EXPECT_EQ(look(login).status, 404U);
}

TEST_F(LiveTest, CountsTheMinuteOfAnExpiredOneFromItsExpiryThoughNobodyWroteItDown) {
  const auto login = start("auth-1");
  clock.advance(milliseconds(360000));
  EXPECT_EQ(text_of(status_of(look(login)), "state"), "expired");
  clock.advance(seconds(60) + milliseconds(1));
  EXPECT_EQ(look(login).status, 404U);
}

TEST_F(LiveTest, SaysTheSameOfEverythingThatThereIsNot) {
  const auto redeemed = start("auth-1");
  authorize(redeemed);
  ASSERT_EQ(post("/v1/sessions/" + redeemed.id + "/redeem",
                 json::serialize(json::object{{"ticket", redeemed.ticket}, {"binding", binding}}))
                .status,
            200U);
  const std::string nobodys(43, 'A');
  const auto first = ask({"/nopass/t/" + nobodys});
  EXPECT_EQ(first.status, 404U);
  for (const std::string& path :
       {redeemed.url, std::string("/nopass/t/short"), std::string("/nopass/t/"), "/nopass/t/" + nobodys + "A",
        "/nopass/t/" + nobodys + "/events", redeemed.url + "/redeem", std::string("/nopassage"),
        std::string("/v1/portal"), std::string("/nopass"), std::string()}) {
    const auto reply = ask({path});
    EXPECT_EQ(reply.status, 404U) << path;
    EXPECT_EQ(reply.body, first.body) << path;
  }
}

TEST_F(LiveTest, ShowsThePictureOfAPendingLoginAlone) {
  const auto login = start("auth-1");
  EXPECT_EQ(look(login, "/picture").status, 404U);
  show_picture(login, "the picture");
  const auto reply = look(login, "/picture");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_type, "image/png");
  EXPECT_EQ(reply.body, "the picture");
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  authorize(login);
  EXPECT_EQ(look(login, "/picture").status, 404U);
}

TEST_F(LiveTest, HasMethodsForReadingAlone) {
  const auto login = start("auth-1");
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const auto reply = ask({login.url, method});
    EXPECT_EQ(reply.status, 405U) << method;
    EXPECT_EQ(header(reply, "Allow"), "GET, HEAD") << method;
    EXPECT_EQ(header(ask({login.url + "/events", method}), "Allow"), "GET") << method;
  }
  EXPECT_EQ(ask({login.url, "HEAD"}).status, 200U);
  EXPECT_EQ(ask({login.url + "/events", "HEAD"}).status, 405U);
}

TEST_F(LiveTest, ServesTheElementWithAnEtag) {
  for (const live::Asset& asset : live::assets()) {
    const auto reply = ask({"/nopass/" + std::string(asset.name)});
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.body, asset.text);
    EXPECT_EQ(header(reply, "Cache-Control"), "public, max-age=300");
    EXPECT_EQ(ask({"/nopass/" + std::string(asset.name), "GET", {}, header(reply, "ETag")}).status, 304U);
  }
  EXPECT_EQ(ask({"/nopass/nopass-login.js"}).content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(ask({"/nopass/nopass-login.css"}).content_type, "text/css; charset=utf-8");
}

TEST_F(LiveTest, LetsPagesOfConfiguredOriginsReadAndNoOthers) {
  const auto login = start("auth-1");
  EXPECT_EQ(header(ask({login.url, "GET", "https://www.example.com"}), "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(header(look(login), "Cross-Origin-Resource-Policy"), "same-origin");
  settings.live_origins = {"https://www.example.com"};
  const auto allowed = ask({login.url, "GET", "https://www.example.com"});
  EXPECT_EQ(header(allowed, "Access-Control-Allow-Origin"), "https://www.example.com");
  EXPECT_EQ(header(allowed, "Vary"), "Origin");
  EXPECT_EQ(header(allowed, "Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(ask({login.url, "OPTIONS", "https://www.example.com"}).status, 204U);
  const auto other = ask({login.url, "GET", "https://www.example.com.evil.example"});
  EXPECT_EQ(header(other, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(header(other, "Vary"), "Origin");
  EXPECT_EQ(ask({login.url, "OPTIONS", "https://evil.example"}).status, 405U);
}

TEST_F(LiveTest, LimitsGuessesAndAnswersTicketsThatThereAre) {
  const auto login = start("auth-1");
  // The limit grows while this asks, but by no more than 20 a second.
  handlers::Reply reply;
  std::uint64_t asked = 0;
  while (reply.status != 429 && asked < 2000) {
    reply = ask({"/nopass/t/" + std::string(43, 'B')});
    ++asked;
  }
  EXPECT_EQ(reply.status, 429U);
  EXPECT_GT(asked, 200U);
  EXPECT_EQ(header(reply, "Retry-After"), "1");
  EXPECT_EQ(look(login).status, 200U);
  EXPECT_EQ(metrics.live_guesses.value(), asked);
  EXPECT_EQ(metrics.live_too_fast.value(), 1U);
}

TEST_F(LiveTest, FollowsAnotherPublicPath) {
  settings.live_public_path = "/login/live";
  const auto login = start("auth-1");
  EXPECT_THAT(login.url, HasSubstr("/login/live/t/"));
  EXPECT_EQ(look(login).status, 200U);
  EXPECT_EQ(ask({"/nopass/t/" + login.ticket}).status, 404U);
}

TEST_F(LiveTest, TellsOfRegistrations) {
  const auto registration = enrol("otp-1");
  EXPECT_EQ(status_of(look(registration)), (json::object{{"state", "started"}, {"expiresInMs", 600000}}));
  transact([&](storage::Transaction& transaction) {
    auto found = *transaction.registration(registration.id);
    storage::end_registration(transaction, found, storage::RegistrationState::refused);
    return true;
  });
  EXPECT_EQ(status_of(look(registration)), (json::object{{"state", "refused"}}));
  EXPECT_EQ(look(registration, "/picture").status, 404U);
}

TEST_F(LiveTest, StreamsALoginFromItsPresentStateToItsEnd) {
  const auto login = start("auth-1");
  show_picture(login, "one");
  const auto stream = open({login.url + "/events"});
  wait_for(stream, "event: state");
  EXPECT_EQ(header(*stream->stream.head, "X-Accel-Buffering"), "no");
  EXPECT_EQ(stream->stream.head->content_type, "text/event-stream");
  EXPECT_EQ(metrics.live_streams.value(), 1);
  show_picture(login, "two");
  wait_for(stream,
           "event: picture\ndata: {\"state\":\"pending\",\"nextChangeInMs\":30000,\"expiresInMs\":360000,"
           "\"pictureVersion\":2}\n\n");
  end(login, SessionState::denied);
  wait_for_end(stream);
  EXPECT_THAT(stream->stream.text, HasSubstr("event: denied\ndata: {\"state\":\"denied\"}\n\n"));
  EXPECT_EQ(metrics.live_streams.value(), 0);
  EXPECT_EQ(hub.subscribed(), 0U);
}

TEST_F(LiveTest, TellsWhoComesBackOfAnEndThatWasMissed) {
  const auto login = start("auth-1");
  end(login, SessionState::expired);
  const auto stream = open({login.url + "/events", "GET", {}, {}, "pending.1"});
  wait_for_end(stream);
  const auto& text = stream->stream.text;
  EXPECT_LT(text.find("event: state"), text.find("event: expired"));
}

TEST_F(LiveTest, EndsAStreamWhenTheLoginIsRedeemed) {
  const auto login = start("auth-1");
  authorize(login);
  const auto stream = open({login.url + "/events"});
  wait_for(stream, "event: authorized");
  ASSERT_EQ(post("/v1/sessions/" + login.id + "/redeem",
                 json::serialize(json::object{{"ticket", login.ticket}, {"binding", binding}}))
                .status,
            200U);
  wait_for_end(stream);
  EXPECT_THAT(stream->stream.text, Not(HasSubstr("open")));
}

TEST_F(LiveTest, WaitsForItsOwnSubjectAndUntilItsDeadline) {
  const auto login = start("auth-1");
  const auto stream = open({login.url + "/events"});
  run_until([&] { return hub.waiting() == 1; });
  const auto interest = hub.interests().back();
  EXPECT_EQ(interest.subject, "session/" + login.id);
  EXPECT_THAT(interest.types, IsEmpty());
  EXPECT_FALSE(interest.lingers);
  EXPECT_LE(hub.last_wait(), seconds(15));
  clock.advance(milliseconds(360000));
  hub.end_waits();
  wait_for_end(stream);
  EXPECT_THAT(stream->stream.text, HasSubstr("event: expired"));
}

TEST_F(LiveTest, OpensSixteenStreamsWithOneTicketAndNoMore) {
  const auto login = start("auth-1");
  std::vector<std::shared_ptr<Pending>> streams_of_one;
  for (std::size_t i = 0; i < live::most_streams_of_a_ticket; ++i) {
    streams_of_one.push_back(open({login.url + "/events"}));
  }
  run_until([&] { return hub.waiting() == streams_of_one.size(); });
  const auto refused = look(login, "/events");
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(header(refused, "Retry-After"), "1");
  EXPECT_EQ(look(login).status, 200U);
  const auto other = start("auth-2");
  const auto stream = open({other.url + "/events"});
  wait_for(stream, "event: state");
  end(login, SessionState::cancelled);
  for (const auto& each : streams_of_one) wait_for_end(each);
  const auto again = open({login.url + "/events"});
  wait_for_end(again);
  EXPECT_THAT(again->stream.text, HasSubstr("event: closed"));
  end(other, SessionState::cancelled);
  wait_for_end(stream);
}

TEST_F(LiveTest, EndsStreamsWhenTheDaemonStops) {
  const auto login = start("auth-1");
  const auto stream = open({login.url + "/events"});
  run_until([&] { return hub.waiting() == 1; });
  hub.stop();
  wait_for_end(stream);
  EXPECT_TRUE(stream->reply->streamed);
}

}  // namespace
}  // namespace nopassd::testing
