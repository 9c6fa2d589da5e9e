#pragma once
// What a portal answered to a callback, in either reply style, and whether it has the documented shape.
#include "tools/nopass-sim/callbacks.hpp"
#include "tools/nopass-sim/http_client.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace nopassd::sim {

struct CallbackReply {
  unsigned status = 0;
  boost::json::value result;       // "OK" stands for the empty 200 of the sample style
  std::vector<std::string> codes;  // of `errors`
  std::string fault;               // what is wrong with the shape; empty: nothing
};

/// Reads replies and holds a portal to the reply style and the content types that its first reply showed.
/// Not thread-safe.
class ReplyReader {
 public:
  CallbackReply read(Callback callback, const HttpReply& reply);

 private:
  std::string read_documented(const boost::json::value& body, CallbackReply& into) const;
  std::string content_type_fault(Callback callback, const HttpReply& reply);

  std::optional<bool> sample_;     // the bare results of the vendor's sample portal
  std::optional<bool> json_only_;  // application/json even where Text/Plain is documented
};

}  // namespace nopassd::sim
