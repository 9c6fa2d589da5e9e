#include "daemon/log.hpp"

#include "storage/time.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <sys/stat.h>
#include <unistd.h>

namespace nopassd::daemon {

namespace {

constexpr int limited_lines_a_second = 50;
constexpr std::array<std::string_view, 5> level_names = {"trace", "debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 5> journal_priorities = {"<7>", "<7>", "<6>", "<4>", "<3>"};

/// $JOURNAL_STREAM is inherited by whatever a unit starts: it counts only when it names this very stream
/// (systemd.exec(5)).
bool stderr_is_the_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat found {};
  if (stream == nullptr || fstat(STDERR_FILENO, &found) != 0) return false;
  return fmt::format("{}:{}", found.st_dev, found.st_ino) == stream;
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string quoted(std::string_view value) {
  if (value.find_first_of(" \"=") == std::string_view::npos) return escaped(value);
  std::string out = "\"";
  for (const char c : escaped(value)) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string milliseconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.3f}", static_cast<double>(time.count()) / 1e6);
}

struct Log::Impl {
  std::atomic<bool> json{false};
  bool journal = false;
  std::shared_ptr<spdlog::logger> logger;
  std::mutex mutex;
  std::chrono::steady_clock::time_point second{};
  int lines = 0;
  int left_out = 0;

  std::string line(LogLevel level, std::string_view message, Fields fields) const {
    const auto index = static_cast<std::size_t>(level);
    const std::string_view priority = journal ? journal_priorities[index] : std::string_view();
    const std::string time = storage::format_time(storage::system_now());
    if (json) {
      boost::json::object object{{"time", time}, {"level", level_names[index]}, {"message", message}};
      for (const auto& [name, value] : fields) {
        if (!value.empty()) object[name] = value;
      }
      return std::string(priority) + boost::json::serialize(object);
    }
    std::string out = journal ? std::string(priority) : fmt::format("{} {:<7} ", time, level_names[index]);
    out += escaped(message);
    for (const auto& [name, value] : fields) {
      if (!value.empty()) out += fmt::format(" {}={}", name, quoted(value));
    }
    return out;
  }

  /// How many lines to report as left out; nothing when this line is to be left out itself.
  std::optional<int> admit_limited() {
    const std::lock_guard lock(mutex);
    const auto now = std::chrono::steady_clock::now();
    int report = 0;
    if (now - second >= std::chrono::seconds(1)) {
      second = now;
      lines = 0;
      report = std::exchange(left_out, 0);
    }
    if (++lines > limited_lines_a_second) {
      ++left_out;
      return std::nullopt;
    }
    return report;
  }
};

Log::Log(LogLevel level, bool json) : level_(level), impl_(std::make_unique<Impl>()) {
  impl_->json = json;
  impl_->journal = stderr_is_the_journal();
  impl_->logger = std::make_shared<spdlog::logger>("nopassd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  impl_->logger->set_pattern("%v");
  impl_->logger->set_level(spdlog::level::trace);
  impl_->logger->flush_on(spdlog::level::trace);
}

Log::~Log() = default;

void Log::set(LogLevel level, bool json) {
  level_.store(level, std::memory_order_relaxed);
  impl_->json.store(json, std::memory_order_relaxed);
}

void Log::write(LogLevel level, std::string_view message, Fields fields) {
  if (enabled(level)) impl_->logger->info(impl_->line(level, message, fields));
}

void Log::announce(std::string_view message, Fields fields) {
  impl_->logger->info(impl_->line(LogLevel::info, message, fields));
}

void Log::write_limited(LogLevel level, std::string_view message, Fields fields) {
  if (!enabled(level)) return;
  const auto left_out = impl_->admit_limited();
  if (!left_out) return;
  if (*left_out > 0)
    write(LogLevel::warning, "log lines about requests were left out", {{"count", std::to_string(*left_out)}});
  write(level, message, fields);
}

}  // namespace nopassd::daemon
