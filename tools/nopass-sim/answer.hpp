#pragma once
// What `nopass-sim serve` answers a request with.
#include <boost/json/object.hpp>

#include <string_view>

namespace nopassd::sim {

struct Answer {
  unsigned status = 200;
  boost::json::object body;
};

inline Answer problem(unsigned status, std::string_view detail) {
  return {status, {{"status", status}, {"detail", detail}}};
}

}  // namespace nopassd::sim
