#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using ::testing::HasSubstr;
using ::testing::Not;

class SiteEventStream : public SiteTest {
 protected:
  std::shared_ptr<Pending> open(std::string target = "/v1/events", std::string last_event_id = "") {
    Ask ask{"GET", std::move(target), {}};
    ask.accept = "text/event-stream";
    ask.last_event_id = std::move(last_event_id);
    auto stream = begin(std::move(ask));
    run_until([this, &stream] { return stream->reply || hub.waiting() == 1; });
    return stream;
  }
  void await(const std::shared_ptr<Pending>& stream, const std::string& text) {
    run_until([&] { return stream->stream.text.find(text) != std::string::npos; });
    run_until([&] { return stream->reply || hub.waiting() == 1; });
  }
  std::string epoch() {
    return transact([](storage::Transaction& transaction) { return transaction.event_log().epoch; });
  }
  std::string cursor(int sequence) { return epoch() + '.' + std::to_string(sequence); }
  void announce(std::string type, json::object data) {
    transact([type, data](storage::Transaction& transaction) {
      transaction.announce({type, "session/x", data});
      return true;
    });
  }
};

TEST_F(SiteEventStream, BeginsNowAndSaysWhereItStands) {
  append_events(2);
  const auto stream = open();
  ASSERT_TRUE(stream->stream.head);
  EXPECT_EQ(stream->stream.head->status, 200U);
  EXPECT_EQ(stream->stream.head->content_type, "text/event-stream");
  EXPECT_EQ(header(*stream->stream.head, "Cache-Control"), "no-store");
  EXPECT_EQ(header(*stream->stream.head, "X-Rate-Limit-Limit"), "1000");
  EXPECT_EQ(stream->stream.text, "id: " + cursor(2) + "\n\n");
}

TEST_F(SiteEventStream, SendsEachEventWithItsCursorAndType) {
  const auto stream = open();
  append_events(1);
  await(stream, "data: ");
  const std::string& text = stream->stream.text;
  const std::string block = text.substr(text.find("\n\n") + 2);
  EXPECT_TRUE(block.starts_with("id: " + cursor(1) + "\nevent: nopass.portal.challenged\ndata: {")) << block;
  EXPECT_TRUE(block.ends_with("}\n\n")) << block;
  const std::size_t data = block.find("data: ") + 6;
  const auto event = json::parse(block.substr(data, block.size() - data - 2)).as_object();
  EXPECT_EQ(text_of(event, "cursor"), cursor(1));
  EXPECT_EQ(text_of(event, "specversion"), "1.0");
}

TEST_F(SiteEventStream, CatchesUpOverManyPages) {
  append_events(250);
  const auto stream = open("/v1/events?after=" + cursor(0));
  const std::string& text = stream->stream.text;
  std::size_t position = 0;
  for (int i = 1; i <= 250; ++i) {
    position = text.find("id: " + cursor(i) + "\nevent: ", position);
    ASSERT_NE(position, std::string::npos) << i;
  }
}

TEST_F(SiteEventStream, ResumesAfterTheLastEventIdWhateverAfterSays) {
  append_events(3);
  const auto stream = open("/v1/events?after=" + cursor(0), cursor(2));
  EXPECT_THAT(stream->stream.text, Not(HasSubstr("id: " + cursor(2) + "\nevent")));
  EXPECT_THAT(stream->stream.text, HasSubstr("id: " + cursor(3) + "\nevent"));
}

TEST_F(SiteEventStream, RefusesBeforeItBegins) {
  append_events(1);
  EXPECT_TRUE(is_problem(*open("/v1/events?after=nonsense")->reply, 422));
  EXPECT_TRUE(is_problem(*open("/v1/events", cursor(7))->reply, 410));
  const auto refused = open("/v1/events", "nonsense");
  EXPECT_TRUE(is_problem(*refused->reply, 422));
  EXPECT_EQ(pointers(*refused->reply), std::vector<std::string>{"/Last-Event-ID"});
  EXPECT_FALSE(refused->stream.head);
}

TEST_F(SiteEventStream, BeatsEveryFifteenSecondsAndMovesFilteredReadersOn) {
  const auto stream = open("/v1/events?type=nopass.user.updated");
  EXPECT_GT(hub.last_wait(), std::chrono::seconds(14));
  EXPECT_LE(hub.last_wait(), std::chrono::seconds(15));
  append_events(3);
  hub.end_waits();
  await(stream, "id: " + cursor(3) + "\n\n");
  EXPECT_EQ(stream->stream.text, "id: " + cursor(0) + "\n\nid: " + cursor(3) + "\n\n");
}

TEST_F(SiteEventStream, ForwardsLiveEventsWithoutACursor) {
  const auto stream = open();
  announce("session.picture", {{"sessionId", "x"}, {"pictureVersion", 2}});
  await(stream, "pictureVersion");
  const std::string& text = stream->stream.text;
  const std::string block = text.substr(text.find("\n\n") + 2);
  EXPECT_TRUE(block.starts_with("event: nopass.session.picture\ndata: {")) << block;
  EXPECT_THAT(block, Not(HasSubstr("\nid:")));
  EXPECT_THAT(block, Not(HasSubstr("cursor")));
  EXPECT_THAT(block, HasSubstr("\"id\":\""));
}

TEST_F(SiteEventStream, KeepsInnerLiveEventsToItself) {
  const auto stream = open();
  announce("question.decided", {{"questionId", "q"}});
  announce("question.asked", {{"questionId", "q"}});
  await(stream, "nopass.question.asked");
  EXPECT_THAT(stream->stream.text, Not(HasSubstr("decided")));
}

TEST_F(SiteEventStream, FiltersLiveEventsToo) {
  const auto stream = open("/v1/events?type=nopass.session.picture");
  append_events(1);
  announce("question.asked", {{"questionId", "q"}});
  announce("session.picture", {{"sessionId", "x"}});
  await(stream, "nopass.session.picture");
  EXPECT_THAT(stream->stream.text, Not(HasSubstr("question")));
  EXPECT_THAT(stream->stream.text, Not(HasSubstr("challenged")));
}

TEST_F(SiteEventStream, SendsWhatWasCommittedBeforeALiveEventFirst) {
  const auto stream = open();
  transact([](storage::Transaction& transaction) {
    transaction.announce({"session.picture", "session/x", {{"sessionId", "x"}}});
    transaction.append({"session.started", "session/x", {{"sessionId", "x"}}});
    return true;
  });
  await(stream, "nopass.session.picture");
  const std::string& text = stream->stream.text;
  EXPECT_LT(text.find("nopass.session.started"), text.find("nopass.session.picture"));
}

TEST_F(SiteEventStream, EndsWhenTheDaemonStops) {
  const auto stream = open();
  hub.stop();
  const auto reply = finish(stream);
  EXPECT_TRUE(reply.streamed);
  EXPECT_EQ(hub.subscribed(), 0U);
}

TEST_F(SiteEventStream, EndsWhenThePeerIsGone) {
  const auto stream = open();
  stream->stream.open = false;
  append_events(1);
  EXPECT_TRUE(finish(stream).streamed);
  EXPECT_EQ(hub.subscribed(), 0U);
}

TEST_F(SiteEventStream, CountsAsAnAnswererWithTheScopeAlone) {
  const auto answering = open();
  answering->stream.open = false;
  append_events(1);
  finish(answering);
  grant({site::Scope::events_read});
  open();
  ASSERT_EQ(hub.interests().size(), 2U);
  EXPECT_TRUE(hub.interests()[0].answers);
  EXPECT_FALSE(hub.interests()[1].answers);
  EXPECT_TRUE(hub.interests()[1].live);
}

TEST_F(SiteEventStream, HoldsTheUserOfAnEventOnDemand) {
  const std::string id = add_user("ann@example.org");
  const auto stream = open("/v1/events?expand=user");
  transact([id](storage::Transaction& transaction) {
    transaction.append(storage::user_event("updated", *transaction.user(id)));
    return true;
  });
  await(stream, R"("user":{"type":"user","id":")" + id);
}

}  // namespace nopassd::testing
