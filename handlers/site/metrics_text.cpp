// The one place that names the figures. docs/metrics.md lists them in this order.
#include "handlers/callback/callbacks.hpp"
#include "handlers/site/endpoints.hpp"
#include "handlers/site/exposition.hpp"
#include "handlers/site/metrics.hpp"

#include <algorithm>
#include <utility>

namespace nopassd::handlers::site {

namespace {

constexpr double nanoseconds = 1e9;  // a second
constexpr std::string_view other = "other";
// So many of each may be told apart; those of one site are a handful.
constexpr std::size_t most_consumers_shown = 1000;

static_assert(callback::names.size() == Metrics::callbacks);

std::string status_text(std::size_t place) {
  const unsigned status = counted_statuses[place];
  return status == 0 ? std::string(other) : std::to_string(status);
}

std::string_view callback_name(std::size_t row) { return row < callback::names.size() ? callback::names[row] : other; }

void callbacks(Exposition& out, const Metrics& metrics) {
  out.family("nopassd_callbacks_total", "counter", "Callbacks answered, by name and HTTP status.");
  for (std::size_t row = 0; row <= Metrics::callbacks; ++row) {
    for (std::size_t place = 0; place < counted_statuses.size(); ++place) {
      const std::uint64_t count = metrics.callback_replies.value(row, place);
      // The usual outcome is there from the start, so that its first increase can be seen.
      if (count > 0 || (place == 0 && row < Metrics::callbacks)) {
        out.sample({{"name", callback_name(row)}, {"status", status_text(place)}}, count);
      }
    }
  }
  out.family("nopassd_callback_duration_seconds", "histogram",
             "From the header of a callback to its answer, its body and waiting for the site included.");
  for (std::size_t row = 0; row <= Metrics::callbacks; ++row) {
    out.histogram({"name", callback_name(row)}, metrics.callback_times[row], nanoseconds);
  }
}

void callers(Exposition& out, const Metrics& metrics) {
  out.family("nopassd_callers_refused_total", "counter",
             "Refused callers: requests of callers that are not allowed, connections of strangers who hold enough.");
  out.sample({{"reason", "not_allowed"}}, metrics.callers_refused.value());
  out.sample({{"reason", "connections"}}, metrics.strangers_refused.value());
  out.family("nopassd_too_many_requests_total", "counter",
             "Answers 429: to callers above callers.requests_per_second, to clients above site.requests_per_minute, to "
             "starts of sessions.");
  out.sample({{"kind", "caller"}}, metrics.callers_too_fast.value());
  out.sample({{"kind", "client"}}, metrics.clients_too_fast.value());
  out.sample({{"kind", "start"}}, metrics.starts_too_many.value());
  out.counter("nopassd_unknown_otps_refused_total",
              "Registrations that callback 4 refused because the site had not announced their otp.",
              metrics.otps_refused.value());
}

void questions(Exposition& out, const Metrics& metrics) {
  out.counter("nopassd_questions_asked_total", "Questions that were put to the site.", metrics.questions_asked.value());
  out.counter("nopassd_questions_answered_total", "Callbacks that were decided by the site's answer.",
              metrics.questions_answered.value());
  out.counter("nopassd_questions_fallback_total",
              "Callbacks that were decided by policy.fallback, because nobody could be asked or nobody answered.",
              metrics.questions_fallback.value());
}

void hooks(Exposition& out, const Metrics& metrics) {
  out.family("nopassd_hook_deliveries_total", "counter",
             "Calls of hooks with an event or a question, by whether the hook took it.");
  out.sample({{"result", "delivered"}}, metrics.hooks_delivered.value());
  out.sample({{"result", "failed"}}, metrics.hooks_failed.value());
}

void nopass(Exposition& out, const Metrics& metrics) {
  static constexpr std::array<std::string_view, Metrics::nopass_calls> calls = {"request_authorization",
                                                                                "pre_register_user", "delete_user"};
  static constexpr std::array<std::string_view, Metrics::nopass_ends> ends = {"done", "refused", "unreachable",
                                                                              "silent"};
  out.family("nopassd_nopass_calls_total", "counter",
             "Calls of the NoPass server: done; refused by it; it was unreachable; it did not answer in time.");
  for (std::size_t call = 0; call < calls.size(); ++call) {
    for (std::size_t end = 0; end < ends.size(); ++end) {
      const std::uint64_t count = metrics.nopass_replies[call][end].value();
      if (count > 0 || end == 0) out.sample({{"call", calls[call]}, {"result", ends[end]}}, count);
    }
  }
  out.family("nopassd_nopass_call_duration_seconds", "histogram", "Calls of the NoPass server, from start to end.");
  out.histogram({}, metrics.nopass_times, nanoseconds);
}

void live(Exposition& out, const Metrics& metrics) {
  static constexpr std::array<std::string_view, Metrics::live_requests> kinds = {"status", "picture", "events", "asset",
                                                                                 "other"};
  out.family("nopassd_live_requests_total", "counter", "Requests of browsers, by what was asked for and HTTP status.");
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    for (std::size_t place = 0; place < counted_statuses.size(); ++place) {
      const std::uint64_t count = metrics.live_replies.value(kind, place);
      if (count > 0) out.sample({{"kind", kinds[kind]}, {"status", status_text(place)}}, count);
    }
  }
  out.family("nopassd_live_streams", "gauge", "Open streams of browsers.");
  out.sample({}, static_cast<std::uint64_t>(metrics.live_streams.value()));
  out.counter("nopassd_live_guesses_total", "Requests with a ticket that nobody has.", metrics.live_guesses.value());
  out.counter("nopassd_live_guesses_limited_total", "Of these, those that were answered 429.",
              metrics.live_too_fast.value());
}

void site_requests(Exposition& out, const Metrics& metrics) {
  out.family("nopassd_site_requests_total", "counter",
             "Requests of the site API that were answered, by endpoint, method and HTTP status.");
  const auto table = endpoints();
  for (std::size_t row = 0; row <= Metrics::most_endpoints; ++row) {
    const bool known = row < table.size() && row < Metrics::most_endpoints;
    for (std::size_t place = 0; place < counted_statuses.size(); ++place) {
      const std::uint64_t count = metrics.site_replies.value(row, place);
      if (count == 0) continue;
      out.sample({{"endpoint", known ? table[row].path : other},
                  {"method", known ? table[row].method : other},
                  {"status", status_text(place)}},
                 count);
    }
  }
  out.family("nopassd_site_request_duration_seconds", "histogram",
             "From the header of a request of the site API to its answer, without those that wait or stream.");
  out.histogram({}, metrics.site_times, nanoseconds);
  out.family("nopassd_site_waiting_requests", "gauge", "Requests that wait for events now, and open event streams.");
  out.sample({{"kind", "poll"}}, metrics.polls.value());
  out.sample({{"kind", "stream"}}, metrics.streams.value());
}

void tokens(Exposition& out, const Metrics& metrics) {
  out.family("nopassd_tokens_total", "counter",
             "Requests of tokens: issued; refused for a wrong or missing id or secret.");
  out.sample({{"result", "issued"}}, metrics.tokens_issued.value());
  out.sample({{"result", "refused"}}, metrics.tokens_refused.value());
}

void lanes(Exposition& out, const std::array<std::size_t, 2>& queued) {
  out.sample({{"lane", "callback"}}, std::uint64_t{queued[static_cast<std::size_t>(storage::Lane::callback)]});
  out.sample({{"lane", "site"}}, std::uint64_t{queued[static_cast<std::size_t>(storage::Lane::site)]});
}

void store(Exposition& out, const Metrics& metrics, const storage::StoreFigures& figures) {
  out.family("nopassd_commit_batch_transactions", "histogram", "How many transactions shared a commit.");
  out.histogram({}, metrics.commit_sizes, 1);
  out.family("nopassd_commit_duration_seconds", "histogram", "How long a commit took with the work in it.");
  out.histogram({}, metrics.commit_times, nanoseconds);
  out.counter("nopassd_commits_failed_total", "Commits that failed, and took their transactions with them.",
              metrics.commits_failed.value());
  out.family("nopassd_writer_queue_transactions", "gauge", "Transactions that wait for the writer now.");
  lanes(out, figures.writes_queued);
  out.family("nopassd_reader_queue_reads", "gauge", "Reads that wait for a reader now.");
  lanes(out, figures.reads_queued);
  out.gauge("nopassd_database_bytes", "Size of the database file.", figures.database_bytes);
  out.gauge("nopassd_database_log_bytes", "Size of the write-ahead log beside it.", figures.log_bytes);
}

void events(Exposition& out, const LogFigures& figures) {
  out.gauge("nopassd_questions_open", "Questions that wait for the site's answer now.",
            std::uint64_t{figures.questions_open});
  out.gauge("nopassd_event_log_last_sequence", "Sequence of the newest event.", figures.log.last);
  out.gauge("nopassd_event_log_oldest_sequence", "Sequence of the oldest event that is kept.", figures.log.swept + 1);
  out.gauge("nopassd_events_kept", "Events in the log.", figures.log.last - figures.log.swept);
  const auto lags = [&](bool hooks, std::string_view label) {
    std::size_t shown = 0;
    for (const auto& [consumer, lag] : figures.readers) {
      if (consumer.retired || (consumer.owner == storage::hook_owner) != hooks || ++shown > most_consumers_shown)
        continue;
      std::string_view name = consumer.name;
      if (hooks) name.remove_prefix(name.find(':') + 1);  // storage::hook_consumer()
      out.sample({{label, name}}, lag);
    }
  };
  out.family("nopassd_consumer_lag_events", "gauge", "Events that a durable consumer has not acknowledged.");
  lags(false, "consumer");
  out.family("nopassd_hook_lag_events", "gauge", "Events that a hook has not accepted.");
  lags(true, "hook");
}

void daemon_state(Exposition& out, const Services& services) {
  const ProcessFigures process = services.metrics.process();
  out.family("nopassd_connections", "gauge", "Open connections, by listener.");
  for (const auto& listener : process.listeners)
    out.sample({{"listener", listener.name}}, std::uint64_t{listener.open});
  out.family("nopassd_connections_refused_total", "counter", "Connections that were one too many, by listener.");
  for (const auto& listener : process.listeners) out.sample({{"listener", listener.name}}, listener.turned_away);
  out.family("nopassd_portal_state", "gauge", "1 for the state that the portal is in, 0 for the others.");
  const storage::PortalState now = services.store.portal_view()->state;
  for (const auto state :
       {storage::PortalState::unregistered, storage::PortalState::registered, storage::PortalState::disabled}) {
    out.sample({{"state", storage::name_of(state)}}, std::uint64_t{state == now});
  }
  if (const std::int64_t expires = services.metrics.certificate_expires.value(); expires != 0) {
    out.gauge("nopassd_certificate_expiry_timestamp_seconds",
              "When the first of the listener's certificates expires, in seconds of the Unix epoch.", expires);
  }
  out.family("nopassd_build_info", "gauge", "Always 1; the label is the version.");
  out.sample({{"version", services.settings.version}}, std::uint64_t{1});
  out.family("process_cpu_seconds_total", "counter", "Processor time used, in user and system mode.");
  out.sample({}, process.cpu_seconds);
  out.gauge("process_start_time_seconds", "When the process started, in seconds of the Unix epoch.",
            process.started_at);
  out.gauge("process_resident_memory_bytes", "Memory in use.", process.resident_bytes);
  out.gauge("process_open_fds", "Open file descriptors.", process.open_files);
  out.gauge("process_max_fds", "Most file descriptors that may be open.", process.most_files);
}

}  // namespace

std::string metrics_text(const Services& services, const std::optional<LogFigures>& log) {
  const Metrics& metrics = services.metrics;
  Exposition out;
  callbacks(out, metrics);
  callers(out, metrics);
  questions(out, metrics);
  hooks(out, metrics);
  nopass(out, metrics);
  live(out, metrics);
  site_requests(out, metrics);
  tokens(out, metrics);
  store(out, metrics, services.store.figures());
  if (log) events(out, *log);
  daemon_state(out, services);
  return out.take();
}

}  // namespace nopassd::handlers::site
