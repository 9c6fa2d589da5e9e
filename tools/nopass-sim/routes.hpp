#pragma once
// Which request of `nopass-sim serve` means what: the portal's calls, the pages, and the control of both.
#include "tools/nopass-sim/faults.hpp"
#include "tools/nopass-sim/nopass.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nopassd::sim {

struct WebRequest {
  std::string method, path, body;
  std::string bearer, host, origin, fetch_site;
};

struct WebReply {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  bool hang_up = false;  // no reply at all
};

/// Thread-safe, as what it refers to is.
class Routes {
 public:
  Routes(Nopass& nopass, Faults& faults, std::string delete_path)
      : nopass_(nopass), faults_(faults), delete_path_(std::move(delete_path)) {}

  /// May take as long as a callback or a planned delay.
  WebReply answer(const WebRequest& request);

 private:
  std::optional<WebReply> portal_call(const WebRequest& request);
  Answer control(const WebRequest& request);

  Nopass& nopass_;
  Faults& faults_;
  const std::string delete_path_;
};

}  // namespace nopassd::sim
