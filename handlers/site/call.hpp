#pragma once
// One request on its way to its endpoint: what the dispatcher has made of it. Lives in the dispatcher's coroutine.
#include "handlers/site/problem.hpp"
#include "handlers/site/query.hpp"
#include "handlers/site/site.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <utility>
#include <vector>

namespace nopassd::handlers::site {

struct Call {
  const Services& services;
  const Peer& peer;
  const Request& request;
  StreamWriter& stream;
  std::vector<std::string> path;  // the values of {…} in the endpoint's path, decoded
  Query query;
  boost::json::object body;  // empty when there was none
  Faults faults;             // found by the dispatcher; the endpoint adds its own and refuses with all
  std::vector<std::pair<std::string, std::string>> rate_headers;  // for the head of a stream; replies get them later
  int endpoint = -1;                                              // row of endpoints(); -1: none of them

  bool may(Scope scope) const { return has(peer.scopes, scope); }

  /// Store::transact, with the peer as the cause of what it changes.
  template <class Work>
  auto transact(Work work) const {
    auto caused = [work = std::move(work),
                   cause = "site " + peer.principal](storage::Transaction& transaction) mutable {
      transaction.set_cause(cause);
      return work(transaction);
    };
    return services.store.transact(std::move(caused));
  }
};

}  // namespace nopassd::handlers::site
