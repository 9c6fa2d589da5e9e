#pragma once
// The portal as clients see it: no secrets.
#include "storage/records.hpp"

#include <boost/json/object.hpp>

namespace nopassd::handlers::site {

boost::json::object portal_view(const storage::Portal& portal, storage::TimePoint now);

}  // namespace nopassd::handlers::site
