#include "tools/nopassctl/client.hpp"

#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

constexpr std::int64_t largest_page = 100;

std::string advice(const std::string& socket, const ConnectionFailure& failure) {
  const std::error_code& code = failure.code();
  if (code == std::errc::timed_out) {
    return fmt::format("no answer within {} s: see what nopassd logs (journalctl -u nopassd)", reply_patience.count());
  }
  if (!failure.connecting()) {
    return fmt::format("the connection broke ({}): nopassd was stopped meanwhile, or this is not its site socket",
                       code.message());
  }
  if (code == std::errc::no_such_file_or_directory) {
    return "there is no such socket: start nopassd (systemctl start nopassd), or name its site.socket with --socket "
           "PATH or in NOPASSD_SOCKET";
  }
  if (code == std::errc::connection_refused) {
    return "nobody listens there: nopassd has stopped; start it (systemctl start nopassd), and see why it stopped "
           "(journalctl -u nopassd)";
  }
  if (code == std::errc::permission_denied || code == std::errc::operation_not_permitted) {
    return fmt::format(
        "you may not connect: become root, or a member of the group of {} (ls -l shows it; site.group "
        "and site.mode set it)",
        socket);
  }
  return fmt::format("cannot connect: {}: --socket must name the site.socket of a running nopassd", code.message());
}

/// One line an entry of `errors`, with where it points.
std::string faults_of(const json::value& problem) {
  std::string text;
  const std::string told = text_of(problem, "detail");
  for (const json::value& fault : entries(problem, "errors")) {
    std::string where = text_of(fault, "source.pointer");
    if (where.empty()) where = text_of(fault, "source.parameter");
    if (where.empty()) where = text_of(fault, "source.header");
    if (where.empty() && text_of(fault, "detail") == told) continue;
    text += fmt::format("\n  {}{}{}", printable(where), where.empty() ? "" : ": ", printable(text_of(fault, "detail")));
  }
  return text;
}

[[noreturn]] void refuse(const HttpRequest& request, const HttpReply& reply, const json::value& problem) {
  std::string detail = text_of(problem, "detail");
  if (detail.empty()) detail = text_of(problem, "title");
  if (detail.empty()) detail = "no reason given";
  detail = printable(detail);  // here, because lines of a Failure are printed as lines
  // The path alone: a query may hold a login.
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string text =
      fmt::format("nopassd refused {} {} ({}): {}{}", request.method, path, reply.status, detail, faults_of(problem));
  throw Refusal(reply.status, text, problem);
}

}  // namespace

Query& Query::add(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  text_ += fmt::format("{}{}={}", text_.empty() ? '?' : '&', name, percent_encoded(value));
  return *this;
}

HttpReply Client::exchange(const HttpRequest& request) const {
  try {
    return ctl::exchange(server_, request);
  } catch (const ConnectionFailure& failure) {
    throw Failure(ExitCode::unreachable, fmt::format("{}: {}", socket(), advice(socket(), failure)));
  }
}

json::value understood(const HttpRequest& request, const HttpReply& reply) {
  json::error_code error;
  json::value value = reply.body.empty() ? json::value() : json::parse(reply.body, error);
  const bool fine = reply.status >= 200 && reply.status < 300;
  if (!fine && (error || !value.is_object())) value = json::object();
  if (!fine) refuse(request, reply, value);
  if (error) {
    throw Failure(ExitCode::failed, fmt::format("{} {} was answered with what is no JSON ({}): is this the site socket "
                                                "of a nopassd?",
                                                request.method, request.target, error.message()));
  }
  return value;
}

json::value Client::call(const std::string& method, const std::string& target) const {
  const HttpRequest request{method, target, ""};
  return understood(request, exchange(request));
}

json::value Client::call(const std::string& method, const std::string& target, const json::object& body) const {
  const HttpRequest request{method, target, json::serialize(body)};
  return understood(request, exchange(request));
}

json::value Client::list(const std::string& path, const Query& query, std::int64_t limit) const {
  json::array data;
  json::object pagination;
  while (true) {
    const auto have = static_cast<std::int64_t>(data.size());
    Query page = query;
    page.add("offset", have).add("limit", std::min(largest_page, limit - have));
    const json::value read = get(path + page.text());
    const json::array& more = entries(read, "data");
    data.insert(data.end(), more.begin(), more.end());
    const std::int64_t total = number_of(read, "pagination.total", 0);
    pagination = {{"total", total}, {"offset", 0}, {"limit", limit}};
    const auto now = static_cast<std::int64_t>(data.size());
    if (more.empty() || now >= limit || now >= total) break;
  }
  json::object whole;
  whole["data"] = std::move(data);
  whole["pagination"] = std::move(pagination);
  return whole;
}

std::string path_to(std::string_view folder, std::string_view id) {
  return std::string(folder) + "/" + percent_encoded(id);
}

}  // namespace nopassd::ctl
