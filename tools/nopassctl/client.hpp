#pragma once
// The site API as nopassctl calls it: JSON in, JSON out, and a Failure that says what is wrong and what to do.
#include "tools/nopassctl/failure.hpp"
#include "tools/nopassctl/http.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nopassd::ctl {

/// The daemon answered, and said no. Its text has the detail and every entry of `errors` with its pointer.
class Refusal : public Failure {
 public:
  Refusal(unsigned status, const std::string& text, boost::json::value problem)
      : Failure(ExitCode::refused, text), status_(status), problem_(std::move(problem)) {}
  unsigned status() const { return status_; }
  const boost::json::value& problem() const { return problem_; }

 private:
  unsigned status_;
  boost::json::value problem_;
};

/// "?a=b&c=d" of the parameters that have a value; "" without any.
class Query {
 public:
  Query& add(std::string_view name, std::string_view value);
  Query& add(std::string_view name, std::int64_t value) { return add(name, std::to_string(value)); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Blocking. Every call throws Failure (unreachable) when nobody answers, Refusal for a problem, Failure (failed) for
/// an answer that cannot be understood.
class Client {
 public:
  explicit Client(Server server) : server_(std::move(server)) {}

  const std::string& socket() const { return server_.socket; }

  /// Whatever status came: nothing is refused here.
  HttpReply exchange(const HttpRequest& request) const;

  boost::json::value get(const std::string& target) const { return call("GET", target); }
  boost::json::value call(const std::string& method, const std::string& target) const;
  boost::json::value call(const std::string& method, const std::string& target, const boost::json::object& body) const;

  /// A list's first `limit` entries, however many pages they take: {"data":[…],"pagination":{…}}.
  boost::json::value list(const std::string& path, const Query& query, std::int64_t limit) const;

 private:
  Server server_;
};

/// The JSON of a reply, or nothing for an empty body; throws like the calls above.
boost::json::value understood(const HttpRequest& request, const HttpReply& reply);

/// "/v1/sessions/" and one segment, encoded.
std::string path_to(std::string_view folder, std::string_view id);

}  // namespace nopassd::ctl
