#include "daemon/proxy_protocol.hpp"

#include "daemon/address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace nopassd::daemon {

namespace {

using State = ProxyHeader::State;
namespace ip = boost::asio::ip;

constexpr std::string_view signature_v2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view signature_v1 = "PROXY ";
constexpr std::size_t longest_v1 = 107;

ProxyHeader invalid() { return {State::invalid, 0, std::nullopt}; }

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto space = line.find(' ');
    words.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return words;
    line.remove_prefix(space + 1);
  }
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port <= 65535;
}

ProxyHeader parse_v1(std::string_view bytes) {
  const auto end = bytes.substr(0, longest_v1).find("\r\n");
  if (end == std::string_view::npos) return bytes.size() >= longest_v1 ? invalid() : ProxyHeader{};
  ProxyHeader header{State::complete, end + 2, std::nullopt};
  const auto words = split(bytes.substr(signature_v1.size(), end - signature_v1.size()));
  if (words.front() == "UNKNOWN") return header;
  if (words.size() != 5 || (words[0] != "TCP4" && words[0] != "TCP6")) return invalid();
  boost::system::error_code error;
  const auto source = ip::make_address(std::string(words[1]), error);
  if (error || source.is_v4() != (words[0] == "TCP4")) return invalid();
  const auto destination = ip::make_address(std::string(words[2]), error);
  if (error || destination.is_v4() != source.is_v4() || !is_port(words[3]) || !is_port(words[4])) return invalid();
  header.source = plain_address(source);
  return header;
}

template <class Bytes>
Bytes bytes_at(std::string_view bytes, std::size_t offset) {
  Bytes out;
  std::transform(bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                 bytes.begin() + static_cast<std::ptrdiff_t>(offset + out.size()), out.begin(),
                 [](char c) { return static_cast<unsigned char>(c); });
  return out;
}

ProxyHeader parse_v2(std::string_view bytes) {
  if (bytes.size() < 16) return {};
  const auto head = bytes_at<std::array<unsigned char, 16>>(bytes, 0);
  const std::size_t length = static_cast<std::size_t>(head[14]) * 256 + head[15];
  if (head[12] >> 4 != 2 || (head[12] & 0x0f) > 1 || length + 16 > max_proxy_header) return invalid();
  if (bytes.size() < length + 16) return {};
  ProxyHeader header{State::complete, length + 16, std::nullopt};
  const bool local = (head[12] & 0x0f) == 0;
  const unsigned family = head[13];
  if (local || family == 0) return header;
  if (family == 0x11 && length >= 12) {
    header.source = ip::address_v4(bytes_at<ip::address_v4::bytes_type>(bytes, 16));
  } else if (family == 0x21 && length >= 36) {
    header.source = plain_address(ip::address_v6(bytes_at<ip::address_v6::bytes_type>(bytes, 16)));
  } else {
    return invalid();
  }
  return header;
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
  const auto matches = [&bytes](std::string_view signature) {
    const auto common = std::min(bytes.size(), signature.size());
    return bytes.substr(0, common) == signature.substr(0, common);
  };
  if (bytes.empty()) return {};
  if (matches(signature_v2)) return bytes.size() < signature_v2.size() ? ProxyHeader{} : parse_v2(bytes);
  if (matches(signature_v1)) return bytes.size() < signature_v1.size() ? ProxyHeader{} : parse_v1(bytes);
  return invalid();
}

}  // namespace nopassd::daemon
