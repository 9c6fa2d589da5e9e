#include "daemon/options.hpp"
#include "daemon/process.hpp"

#include <cstdlib>
#include <exception>
#include <utility>
#include <variant>

int main(int argc, char** argv) {
  using namespace nopassd::daemon;
  try {
    auto parsed = parse_options(argc, argv);
    if (const auto* code = std::get_if<ExitCode>(&parsed)) return static_cast<int>(*code);
    return run_process(std::get<RunCommand>(std::move(parsed)));
  } catch (const std::exception&) {
    return EXIT_FAILURE;
  }
}
