#include "handlers/site/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

std::string_view title_of(unsigned status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 504:
      return "Gateway Timeout";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

json::object error_entry(unsigned status, std::string_view detail) {
  json::object entry;
  entry["status"] = std::to_string(status);
  entry["title"] = title_of(status);
  entry["detail"] = detail;
  return entry;
}

json::object source_of(const Fault& fault) {
  json::object source;
  source["pointer"] = fault.pointer;
  if (fault.place == Fault::Place::parameter) source["parameter"] = fault.pointer.substr(1);
  if (fault.place == Fault::Place::header) source["header"] = fault.pointer.substr(1);
  return source;
}

struct Problem {
  unsigned status;
  std::string_view detail;
  json::array errors;
};

Reply reply_for(Problem found, const json::object& more) {
  json::object body;
  body["type"] = "about:blank";
  body["title"] = title_of(found.status);
  body["status"] = found.status;
  body["detail"] = found.detail;
  for (const auto& member : more) body[member.key()] = member.value();
  body["errors"] = std::move(found.errors);
  Reply reply;
  reply.status = found.status;
  reply.content_type = "application/problem+json";
  reply.body = json::serialize(body);
  reply.log_note = found.detail;
  return reply;
}

}  // namespace

void Faults::parameter(std::string_view name, std::string detail) {
  add({Fault::Place::parameter, pointer_to(name), std::move(detail)});
}

void Faults::header(std::string_view name, std::string detail) {
  add({Fault::Place::header, pointer_to(name), std::move(detail)});
}

std::string pointer_to(std::string_view name) {
  constexpr std::size_t most_code_points = 64;
  std::string pointer = "/";
  std::size_t code_points = 0;
  for (const char byte : name) {
    const bool begins_code_point = (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    if (begins_code_point && ++code_points > most_code_points) return pointer + "…";
    if (byte == '~') {
      pointer += "~0";
    } else if (byte == '/') {
      pointer += "~1";
    } else {
      pointer += byte;
    }
  }
  return pointer;
}

Reply problem_with(unsigned status, std::string_view detail, const json::object& more) {
  Problem found{status, detail, {}};
  found.errors.push_back(error_entry(status, detail));
  return reply_for(std::move(found), more);
}

Reply problem_list(unsigned status, std::string_view detail, const std::vector<std::string>& errors) {
  Problem found{status, detail, {}};
  for (const std::string& error : errors) {
    if (found.errors.size() < Faults::most) found.errors.push_back(error_entry(status, error));
  }
  return reply_for(std::move(found), {});
}

Reply problem(unsigned status, std::string_view detail) { return problem_with(status, detail, {}); }

Reply refuse(const Faults& faults) {
  constexpr unsigned status = 422;
  Problem found{status, faults.found().size() == 1 ? "one fault in the request" : "several faults in the request", {}};
  for (const Fault& fault : faults.found()) {
    json::object entry = error_entry(status, fault.detail);
    entry["source"] = source_of(fault);
    found.errors.push_back(std::move(entry));
  }
  return reply_for(std::move(found), {});
}

Reply refuse(const Refused& refused) {
  Reply reply = problem(refused.status, refused.detail);
  reply.log_note = refused.note;
  if (refused.retry_after != 0) reply.headers.emplace_back("Retry-After", std::to_string(refused.retry_after));
  return reply;
}

Reply store_trouble(storage::error_code code) {
  if (code == storage::make_error_code(storage::errc::defect)) {
    return problem(500, "the daemon failed at this; nothing was changed");
  }
  Reply reply = problem(503, "the store cannot answer now; nothing was changed");
  reply.headers.emplace_back("Retry-After", "1");
  reply.log_note = code.message();
  return reply;
}

}  // namespace nopassd::handlers::site
