#include "handlers/site/metrics.hpp"

#include "handlers/site/endpoints.hpp"
#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using ::testing::HasSubstr;
using ::testing::Not;

class SiteMetrics : public SiteTest {
 protected:
  std::string text() { return get("/metrics").body; }
  unsigned count(std::string method, std::string path) {
    const auto reply = call({std::move(method), std::move(path), {}});
    site::count_reply(metrics, reply, std::nullopt);
    return reply.status;
  }
};

TEST_F(SiteMetrics, AreTextForWhoeverCanConnect) {
  peer.known = false;
  const auto reply = get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("nopassd_build_info{version=\"0.1.0\"} 1\n"));
}

TEST_F(SiteMetrics, AreToldWhenTheQuotaIsUsedUp) {
  for (int i = 0; i < 1000; ++i) quotas.take(peer.principal, store->now());
  EXPECT_EQ(get("/v1/info").status, 429);
  EXPECT_THAT(text(), HasSubstr("nopassd_too_many_requests_total{kind=\"client\"} 1\n"));
}

TEST_F(SiteMetrics, CountRepliesByEndpointAndNeverByPath) {
  EXPECT_EQ(count("GET", "/v1/sessions/some-id"), 404);
  EXPECT_EQ(count("GET", "/v1/sessions/another-id"), 404);
  EXPECT_EQ(count("DELETE", "/v1/sessions/another-id"), 404);
  EXPECT_EQ(count("PATCH", "/v1/sessions/another-id"), 405);
  EXPECT_EQ(count("GET", "/nowhere/at/all"), 404);
  EXPECT_EQ(count("GET", "/livez"), 200);
  handlers::Reply strange;
  strange.status = 599;
  site::count_reply(metrics, strange, std::nullopt);
  const std::string now = text();
  EXPECT_THAT(now, HasSubstr("_requests_total{endpoint=\"/v1/sessions/{id}\",method=\"GET\",status=\"404\"} 2\n"));
  EXPECT_THAT(now, HasSubstr("_requests_total{endpoint=\"/v1/sessions/{id}\",method=\"DELETE\",status=\"404\"} 1\n"));
  EXPECT_THAT(now, HasSubstr("_requests_total{endpoint=\"other\",method=\"other\",status=\"405\"} 1\n"));
  EXPECT_THAT(now, HasSubstr("_requests_total{endpoint=\"other\",method=\"other\",status=\"404\"} 1\n"));
  EXPECT_THAT(now, HasSubstr("_requests_total{endpoint=\"other\",method=\"other\",status=\"other\"} 1\n"));
  EXPECT_THAT(now, HasSubstr("_requests_total{endpoint=\"/livez\",method=\"GET\",status=\"200\"} 1\n"));
  EXPECT_THAT(now, Not(HasSubstr("another-id")));
  EXPECT_THAT(now, Not(HasSubstr("nowhere")));
}

TEST_F(SiteMetrics, HaveARowForEveryEndpoint) {
  EXPECT_LE(site::endpoints().size(), handlers::Metrics::most_endpoints) << "make most_endpoints larger";
}

TEST_F(SiteMetrics, TellHowFarConsumersAndHooksAreBehind) {
  append_events(5);
  transact([](storage::Transaction& transaction) {
    storage::Consumer consumer;
    consumer.name = "mail";
    consumer.owner = "uid:33";
    consumer.acknowledged = 2;
    transaction.add_consumer(consumer);
    consumer.name = "gone";
    consumer.retired = true;
    transaction.add_consumer(consumer);
    consumer.name = storage::hook_consumer("crm");
    consumer.owner = storage::hook_owner;
    consumer.acknowledged = 4;
    consumer.retired = false;
    transaction.add_consumer(consumer);
    return true;
  });
  const std::string now = text();
  EXPECT_THAT(now, HasSubstr("nopassd_consumer_lag_events{consumer=\"mail\"} 3\n"));
  EXPECT_THAT(now, HasSubstr("nopassd_hook_lag_events{hook=\"crm\"} 1\n"));
  EXPECT_THAT(now, Not(HasSubstr("gone")));
  EXPECT_THAT(now, HasSubstr("nopassd_event_log_last_sequence 5\n"));
  EXPECT_THAT(now, HasSubstr("nopassd_events_kept 5\n"));
  EXPECT_THAT(now, HasSubstr("nopassd_questions_open 0\n"));
  EXPECT_THAT(now, HasSubstr("nopassd_event_log_oldest_sequence 1\n"));
}

TEST_F(SiteMetrics, TellTheStateOfThePortal) {
  EXPECT_THAT(text(), HasSubstr("nopassd_portal_state{state=\"unregistered\"} 1\n"));
  register_portal();
  const std::string now = text();
  EXPECT_THAT(now, HasSubstr("nopassd_portal_state{state=\"unregistered\"} 0\n"));
  EXPECT_THAT(now, HasSubstr("nopassd_portal_state{state=\"registered\"} 1\n"));
}

TEST_F(SiteMetrics, TellWhatTheDaemonTells) {
  metrics.process = [] {
    handlers::ProcessFigures figures;
    figures.started_at = 1767225600;
    figures.cpu_seconds = 1.5;
    figures.resident_bytes = 4096;
    figures.open_files = 7;
    figures.most_files = 1024;
    figures.listeners = {{"callbacks", 3, 1}};
    return figures;
  };
  const std::string now = text();
  EXPECT_THAT(now, HasSubstr("nopassd_connections{listener=\"callbacks\"} 3\n"));
  EXPECT_THAT(now, HasSubstr("nopassd_connections_refused_total{listener=\"callbacks\"} 1\n"));
  EXPECT_THAT(now, HasSubstr("process_start_time_seconds 1767225600\n"));
  EXPECT_THAT(now, HasSubstr("process_cpu_seconds_total 1.5\n"));
  EXPECT_THAT(now, HasSubstr("process_open_fds 7\n"));
}

TEST_F(SiteMetrics, TellWhenTheCertificateExpiresWhereThereIsOne) {
  EXPECT_THAT(text(), Not(HasSubstr("certificate")));
  EXPECT_FALSE(body_of(get("/readyz")).contains("certificateDays"));
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now().time_since_epoch()).count();
  metrics.certificate_expires.set(now + 3 * 86400 - 1);
  EXPECT_THAT(text(), HasSubstr("nopassd_certificate_expiry_timestamp_seconds " + std::to_string(now + 3 * 86400 - 1)));
  EXPECT_EQ(body_of(get("/readyz")).at("certificateDays"), json::value(2)) << "whole days";
  metrics.certificate_expires.set(now - 1);
  EXPECT_EQ(body_of(get("/readyz")).at("certificateDays"), json::value(-1));
}

}  // namespace nopassd::testing
