#include "tools/nopass-sim/call.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace nopassd::sim {
namespace {

std::string whole(std::istream& stream) { return {std::istreambuf_iterator<char>(stream), {}}; }

}  // namespace

std::string read_body(const std::string& argument) {
  if (argument == "-") return whole(std::cin);
  if (!argument.starts_with('@')) return argument;
  std::ifstream file(argument.substr(1), std::ios::binary);
  std::string body = whole(file);
  if (!file) throw std::invalid_argument("cannot read " + argument.substr(1));
  return body;
}

int call(const CallOptions& options) {
  const Target target = parse_portal_url(options.url, options.ca_file);
  HttpCall call{"POST", path_of(options.callback), std::string(kind_of(options.callback).content_type), ""};
  call.body = options.body ? *options.body : boost::json::serialize(body::invented(options.callback));
  if (options.content_type) {
    call.content_type = options.content_type->empty() ? std::nullopt : options.content_type;
  }
  if (options.print_only) {
    fmt::print("{}\n", call.body);
    return 0;
  }
  HttpReply reply;
  try {
    reply = exchange(target, call);
  } catch (const ConnectionFailure& failure) {
    fmt::print(stderr, "nopass-sim: {}\n", failure.what());
    return 1;
  }
  fmt::print("{}\n", reply.status);
  for (const char* name : {"Content-Type", "Allow", "Retry-After", "X-Request-Id"}) {
    const std::string_view value = reply.header(name);
    if (!value.empty()) fmt::print("{}: {}\n", name, value);
  }
  fmt::print("\n{}{}", reply.body, reply.body.empty() ? "" : "\n");
  return reply.status >= 200 && reply.status < 300 ? 0 : 1;
}

}  // namespace nopassd::sim
