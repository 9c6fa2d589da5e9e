#include "handlers/callback/outcome.hpp"

#include <array>
#include <utility>

namespace nopassd::handlers::callback {

namespace {

constexpr std::array<std::pair<std::string_view, unsigned>, 7> statuses = {
    {{"105", 404}, {"106", 404}, {"107", 404}, {"112", 403}, {"113", 429}, {"114", 503}, {"115", 415}}};

constexpr std::size_t most_noted = 4;

std::string note_of(const Faults& faults) {
  std::string note;
  for (std::size_t i = 0; i < faults.size() && i < most_noted; ++i) {
    if (i > 0) note += "; ";
    note += faults[i].code + " " + faults[i].message;
  }
  if (faults.size() > most_noted) note += "; and " + std::to_string(faults.size() - most_noted) + " more";
  return note;
}

}  // namespace

unsigned status_of(std::string_view code) {
  for (const auto& [known, status] : statuses) {
    if (known == code) return status;
  }
  return 400;
}

Outcome done(boost::json::value result, std::string note) {
  Outcome outcome;
  outcome.result = std::move(result);
  outcome.note = std::move(note);
  return outcome;
}

Outcome refused(std::string_view code, std::string_view message) {
  Faults faults;
  faults.push_back(Fault{std::string(code), std::string(message)});
  return refused(std::move(faults));
}

Outcome refused(Faults faults) {
  Outcome outcome;
  outcome.status = status_of(faults.front().code);
  outcome.note = note_of(faults);
  outcome.faults = std::move(faults);
  return outcome;
}

Outcome verdict_no(std::string_view code, std::string_view message) {
  Outcome outcome = refused(code, message);
  outcome.status = 200;
  outcome.result = false;
  return outcome;
}

Outcome nothing_here(std::string note) {
  Outcome outcome;
  outcome.status = 404;
  outcome.bodyless = true;
  outcome.note = std::move(note);
  return outcome;
}

}  // namespace nopassd::handlers::callback
