// nopassctl: what an operator asks of nopassd.
#include "tools/nopassctl/command_line.hpp"
#include "tools/nopassctl/completion.hpp"

#include <clocale>
#include <string_view>

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // for the width of characters; what is printed is UTF-8 anyway
  if (argc > 1 && std::string_view(argv[1]) == "__complete") {
    nopassd::ctl::complete({argv + 2, argv + argc});
    return 0;
  }
  return static_cast<int>(nopassd::ctl::run_command_line(argc, argv));
}
