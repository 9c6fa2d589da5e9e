#pragma once
// Loading a configuration in a test.
#include "daemon/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace nopassd::daemon::testing {

inline ConfigSource source_of(std::string text, std::vector<std::string> sets = {}) {
  return {std::move(text), "test.toml", std::move(sets)};
}

inline std::vector<ConfigProblem> problems_of(std::string text, std::vector<std::string> sets = {}) {
  auto loaded = load_config(source_of(std::move(text), std::move(sets)));
  const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded);
  return problems == nullptr ? std::vector<ConfigProblem>{} : *problems;
}

/// Fails the test and gives the defaults when there are problems.
inline Config config_of(std::string text, std::vector<std::string> sets = {}) {
  auto loaded = load_config(source_of(std::move(text), std::move(sets)));
  if (auto* config = std::get_if<Config>(&loaded)) return std::move(*config);
  for (const auto& problem : std::get<std::vector<ConfigProblem>>(loaded)) {
    ADD_FAILURE() << problem.where << ' ' << problem.key << ' ' << problem.what << " | " << problem.hint;
  }
  return {};
}

/// `table.name` and a value as a document.
inline std::string document(std::string_view key, std::string_view value) {
  const auto dot = key.find('.');
  std::string result = "[";
  result.append(key.substr(0, dot)).append("]\n").append(key.substr(dot + 1)).append(" = ").append(value);
  return result + "\n";
}

MATCHER_P(IsAbout, key, "") { return arg.key == key; }
MATCHER_P2(IsAt, where, key, "") { return arg.where == where && arg.key == key; }
MATCHER_P2(Says, key, part, "") { return arg.key == key && arg.what.find(part) != std::string::npos; }
MATCHER_P2(Hints, key, part, "") { return arg.key == key && arg.hint.find(part) != std::string::npos; }

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "nopassd-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }

  /// Writes a file that only its owner may read.
  std::string write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    std::filesystem::permissions(path_ / name, std::filesystem::perms(0600));
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace nopassd::daemon::testing
