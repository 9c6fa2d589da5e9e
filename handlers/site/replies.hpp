#pragma once
// Successful replies: a resource with its ETag, a list with its pagination, something new.
#include "handlers/site/call.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nopassd::handlers::site {

Reply json_reply(unsigned status, const boost::json::object& body);

/// 201 with no-store; `location` is the path of what was made, empty for none.
Reply created(const boost::json::object& body, std::string_view location);

Reply no_content();

/// 200 with an ETag over the body, or 304 without one when If-None-Match names it.
Reply resource(const Request& request, const boost::json::object& body);
Reply with_etag(const Request& request, Reply reply);

/// `{"data":[…],"pagination":{"total","offset","limit"}}`
Reply list(boost::json::array data, std::int64_t total, storage::PageRequest page);

/// Whether `if_none_match` names `etag`: weak comparison, `*` names all.
bool names_etag(std::string_view if_none_match, std::string_view etag);

/// Whether an Accept header names this media type with a weight above zero. A range such as */* does not.
bool accepts(std::string_view accept, std::string_view media_type);

}  // namespace nopassd::handlers::site
