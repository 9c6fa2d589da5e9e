#pragma once
// The website's side: the daemon's site API over its Unix socket, as far as the walk needs it.
#include "tools/nopass-sim/callbacks.hpp"
#include "tools/nopass-sim/http_client.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::sim {

/// The walk cannot go on; the text says why, and what to do.
class WalkStopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct SiteReply {
  unsigned status = 0;
  boost::json::value body;  // null when it is no JSON
  std::string raw;
};

/// Throws ConnectionFailure. Usable from any thread.
class Site {
 public:
  explicit Site(const std::string& socket) : target_(unix_socket(socket)) {}

  SiteReply get(const std::string& path) const;
  SiteReply post(const std::string& path, const boost::json::object& body) const;
  /// The same, but a refusal stops the walk with the daemon's own words and advice.
  boost::json::object must_get(const std::string& path) const;
  boost::json::object must_post(const std::string& path, const boost::json::object& body) const;

 private:
  Target target_;
};

/// One event as the site reads it. `type` without the leading "nopass.".
struct Event {
  std::string id, cursor, type, subject;
  boost::json::object data;
};

/// Reads the event log from where it stood when this was made. Not thread-safe.
class EventReader {
 public:
  explicit EventReader(const Site& site);

  /// What has been committed and not been taken; the walk's own events alone.
  std::deque<Event>& waiting();
  /// Everything of the walk since the start, read anew.
  std::vector<Event> all_again() const;
  /// Events that somebody else caused: sweeps, hooks, consumers.
  int foreign() const { return foreign_; }

 private:
  std::vector<Event> read_after(std::string& cursor) const;

  const Site& site_;
  std::string start_;
  std::string cursor_;
  std::deque<Event> waiting_;
  int foreign_ = 0;
};

/// A member that is a string; empty when it is not there.
std::string text_of(const boost::json::object& object, std::string_view name);

}  // namespace nopassd::sim
