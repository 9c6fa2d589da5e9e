#include "daemon/process_figures.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nopassd::daemon {

namespace {

constexpr const char* open_files_folder = "/proc/self/fd";

std::uint64_t open_files() {
  // Since Linux 6.2 the folder's size is their number; with many connections counting takes milliseconds.
  struct stat folder {};
  if (::stat(open_files_folder, &folder) == 0 && folder.st_size > 0) return static_cast<std::uint64_t>(folder.st_size);
  std::error_code error;
  const std::filesystem::directory_iterator first(open_files_folder, error);
  if (error) return 0;
  const auto count = static_cast<std::uint64_t>(std::distance(begin(first), end(first)));
  return count > 0 ? count - 1 : 0;  // without the folder itself, while it is read
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  if (!(file >> total >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

handlers::ProcessFigures process_figures() {
  handlers::ProcessFigures figures;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    figures.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.most_files = limit.rlim_cur;
  figures.resident_bytes = resident_bytes();
  figures.open_files = open_files();
  return figures;
}

}  // namespace nopassd::daemon
