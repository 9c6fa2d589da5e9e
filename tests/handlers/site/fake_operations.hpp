#pragma once
// An operator's requests as a test answers them.
#include "handlers/operations.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nopassd::testing {

class FakeOperations : public handlers::Operations {
 public:
  boost::asio::awaitable<boost::system::result<handlers::BackupMade, handlers::BackupRefused>> back_up(
      std::string name) override {
    backups.push_back(std::move(name));
    if (refusal) co_return *refusal;
    co_return made;
  }
  boost::asio::awaitable<handlers::Reloaded> reload() override {
    ++reloads;
    co_return reloaded;
  }
  boost::asio::awaitable<std::vector<handlers::Check>> diagnose() override { co_return checks; }

  handlers::BackupMade made;
  std::optional<handlers::BackupRefused> refusal;
  handlers::Reloaded reloaded;
  std::vector<handlers::Check> checks;
  std::vector<std::string> backups;  // the names that were asked for
  int reloads = 0;
};

}  // namespace nopassd::testing
