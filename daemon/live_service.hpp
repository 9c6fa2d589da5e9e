#pragma once
// The live socket on one connection, that of the site's web server.
#include "daemon/http_connection.hpp"
#include "daemon/in_force.hpp"
#include "daemon/log.hpp"
#include "handlers/live/live.hpp"

#include <atomic>
#include <optional>

namespace nopassd::daemon {

/// How many connections browsers may hold where the process may have so many files open: browsers are many, and
/// callbacks and the site must not be left without.
std::size_t most_live_connections(std::uint64_t most_files);

/// What all connections of the live socket share; outlives them. Thread-safe.
struct LiveShared {
  static constexpr std::size_t most_bytes = 4 << 20;  // of bodies, which nothing here wants

  /// `base` has the settings of the start.
  LiveShared(const handlers::site::Services& base, const ConfigHolder& holder, const HttpLimits& limits, Log& its_log,
             std::atomic<std::uint64_t>& requests);

  handlers::live::Guesses guesses;
  handlers::callback::Lines look_ups;
  handlers::Places streams{handlers::live::most_streams_of_a_ticket};
  handlers::live::Services services;
  const ConfigHolder& in_force;
  Log& log;
  std::atomic<std::uint64_t>& request_count;
  BodyBudget budget{most_bytes};
  ConnectionRegistry registry;
  ConnectionShared connections;
};

class LiveService : public HttpService {
 public:
  static constexpr std::uint64_t max_body = 4096;  // nothing wants one; it is skipped

  explicit LiveService(LiveShared& shared) : shared_(shared) {}

  Admission admit(HttpHead& head) override;
  bool may_wait(const handlers::Request& request) const override;
  boost::asio::awaitable<handlers::Reply> handle(const handlers::Request& request,
                                                 handlers::site::StreamWriter& stream) override;
  handlers::Reply refuse(const handlers::Request& request, unsigned status, std::string_view why) override;
  void answered(const handlers::Request& request, const handlers::Reply& reply) override;

 private:
  const handlers::Settings& settings() const;

  LiveShared& shared_;
  std::shared_ptr<const InForce> in_force_;           // for the request under way
  std::optional<handlers::live::Services> services_;  // likewise, with those settings
  std::string request_id_;                            // likewise
};

}  // namespace nopassd::daemon
