#include "tools/nopassctl/secrets.hpp"

#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

namespace nopassd::ctl {

namespace {

constexpr std::size_t longest_secret = 64 * 1024;

[[noreturn]] void refuse(const std::string& path, std::string_view what) {
  throw Failure(ExitCode::usage, fmt::format("{}: must hold {} and nothing else", path, what));
}

}  // namespace

void show_secret(const Context& context, const boost::json::value& resource, std::string_view purpose) {
  if (context.json) return print_json(resource);
  print_members(resource);
  if (find(resource, "secret") == nullptr) return;
  print_note(fmt::format("{} Keep the secret now: it is not shown again.", purpose));
}

std::string read_secret(const std::string& path, std::string_view option, std::string_view what) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) {
      throw Failure(ExitCode::usage,
                    fmt::format("{}: cannot be read: {} names a file, or - for standard input", path, option));
    }
  }
  std::istream& from = path == "-" ? std::cin : file;
  std::string secret{std::istreambuf_iterator<char>(from), {}};
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty() || secret.size() > longest_secret) refuse(path, what);
  return secret;
}

std::string read_token(const std::string& path) {
  if (path.empty()) return "";
  constexpr std::string_view what = "a bearer token";
  std::string token = read_secret(path, "--token", what);
  // It stands in a header of the request, where a line end would begin another.
  const auto stands_in_a_header = [](char byte) { return byte > ' ' && byte < '\x7f'; };
  if (!std::all_of(token.begin(), token.end(), stands_in_a_header)) refuse(path, what);
  return token;
}

}  // namespace nopassd::ctl
