#pragma once
// The OpenAPI 3.1 document of the site API: what the table of endpoints says, with the schemas and descriptions of the
// files in handlers/site/openapi/:
//   frame.json       everything that is the same whatever the endpoints: title, tags, security, headers
//   responses.json   the refusals, by status
//   parameters.json  the parameters of paths and queries, by name or "operationId.name"
//   all others       the schemas of one resource each
#include "handlers/site/endpoints.hpp"

#include <boost/json/object.hpp>

#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

struct OpenApiParts {
  boost::json::object frame;  // with every schema in its components
  boost::json::object responses;
  boost::json::object parameters;

  const boost::json::object& schemas() const;
};

/// Throws when a file is no JSON or a schema is there twice: the files are part of the program.
OpenApiParts openapi_parts();

/// One word of Endpoint::answers: "404", "201:Session" or "200:image/png".
struct Answer {
  unsigned status = 0;
  std::string_view schema;  // its name, or a media type that has none; empty: a plain refusal, or no body
};
std::vector<Answer> answers_of(const Endpoint& endpoint);

/// openapi_operation.cpp
boost::json::object operation_of(const Endpoint& endpoint, const OpenApiParts& parts);
/// openapi_responses.cpp: `responses` of an operation, and of the components.
boost::json::object responses_of(const Endpoint& endpoint, const OpenApiParts& parts);
boost::json::object shared_responses(const OpenApiParts& parts);
/// The same for requests and replies: a media type's schema, and its first example that says this status, or none.
boost::json::object content_of(std::string_view schema, unsigned status, const OpenApiParts& parts);

boost::json::object openapi_document(std::string_view version);

}  // namespace nopassd::handlers::site
