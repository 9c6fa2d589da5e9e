#pragma once
// What a callback came to, before it takes the shape of a reply. callbacks.md, "Error codes".
#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::callback {

/// One element of `errors`. The message names members, never their values.
struct Fault {
  std::string code;
  std::string message;
};
using Faults = std::vector<Fault>;

/// Whose word a callback got when policy left it to the site.
enum class Word { none, answer, fallback };

struct Outcome {
  unsigned status = 200;
  Faults faults;
  boost::json::value result;
  bool bodyless = false;  // a 404 that gives nothing away
  bool kept = false;      // a refusal whose changes are committed all the same
  bool unknown = false;   // the authId or otp is unknown: it may become known
  // The site has to be asked first; holds the id of the user that it is about, empty for none. Nothing was changed.
  std::optional<std::string> asks;
  Word word = Word::none;
  std::chrono::seconds retry_after{0};
  std::string note;  // for the log

  /// Asked by Store::transact: true rolls the changes back.
  bool has_error() const { return status != 200 && !kept; }
};

/// The status that belongs to an error code, 400 for most.
unsigned status_of(std::string_view code);

Outcome done(boost::json::value result, std::string note);
/// Refuses with one fault, or with all of `faults` (at least one) under the status of the first.
Outcome refused(std::string_view code, std::string_view message);
Outcome refused(Faults faults);
/// Says `false` with status 200: the callback was carried out, and this is its verdict.
Outcome verdict_no(std::string_view code, std::string_view message);
/// 404 with an empty body; `note` goes to the log alone.
Outcome nothing_here(std::string note);

}  // namespace nopassd::handlers::callback
