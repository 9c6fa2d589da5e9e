#include "daemon/options.hpp"

#include "tests/daemon/config_testing.hpp"

#include <sstream>

namespace nopassd::daemon {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CommandLine : public ::testing::Test {
 protected:
  std::variant<Options, ExitCode> read(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "nopassd");
    return read_options(static_cast<int>(arguments.size()), arguments.data(), console_);
  }

  Options options(std::vector<const char*> arguments) {
    auto result = read(std::move(arguments));
    EXPECT_TRUE(std::holds_alternative<Options>(result)) << error_.str();
    return std::holds_alternative<Options>(result) ? std::get<Options>(result) : Options{};
  }

  /// The code that it ends with; ExitCode::failed when it would run.
  ExitCode end(const Options& some) {
    const auto result = carry_out(some, console_);
    const auto* code = std::get_if<ExitCode>(&result);
    return code == nullptr ? ExitCode::failed : *code;
  }

  TemporaryFolder folder_;
  std::ostringstream out_, error_;
  Console console_{out_, error_};
};

TEST_F(CommandLine, RunsWithTheInstalledFileByDefault) {
  const auto some = options({});
  EXPECT_EQ(some.config_file, "/etc/nopassd/nopassd.toml");
  EXPECT_THAT(some.sets, IsEmpty());
  EXPECT_EQ(some.mode, Mode::run);
}

TEST_F(CommandLine, TakesAFileAndSeveralOverrides) {
  const auto some = options({"--config", "a.toml", "--set", "daemon.name=x", "--set=site.client=[{uid = 1}]", "-s",
                             "callers.allow=[\"::1\", \"10.0.0.0/8\"]", "-s", "live.socket="});
  EXPECT_EQ(some.config_file, "a.toml");
  EXPECT_THAT(some.sets, ElementsAre("daemon.name=x", "site.client=[{uid = 1}]",
                                     "callers.allow=[\"::1\", \"10.0.0.0/8\"]", "live.socket="));
}

TEST_F(CommandLine, KnowsItsModes) {
  EXPECT_EQ(options({"--check-config"}).mode, Mode::check);
  EXPECT_EQ(options({"--print-config"}).mode, Mode::print);
  EXPECT_EQ(options({"--version"}).mode, Mode::version);
  EXPECT_EQ(options({"--help"}).mode, Mode::help);
  EXPECT_EQ(options({"-h"}).mode, Mode::help);
}

TEST_F(CommandLine, EndsWithTwoWhenItIsWrong) {
  const std::vector<std::vector<const char*>> wrong = {{"--nonsense"},
                                                       {"word"},
                                                       {"--config"},
                                                       {"--set"},
                                                       {"--check-config", "--print-config"},
                                                       {"--config", "a", "b"},
                                                       {"--check-config=perhaps"}};
  for (const auto& arguments : wrong) {
    error_.str("");
    const auto result = read(arguments);
    ASSERT_TRUE(std::holds_alternative<ExitCode>(result)) << arguments[0];
    EXPECT_EQ(std::get<ExitCode>(result), ExitCode::usage);
    EXPECT_THAT(error_.str(), HasSubstr("nopassd --help"));
  }
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(CommandLine, HelpsWithExamplesAndExitCodes) {
  EXPECT_EQ(end({.mode = Mode::help}), ExitCode::stopped);
  for (const auto* part : {"--config", "--set", "--check-config", "--print-config", "--version", "Examples:", "78"}) {
    EXPECT_THAT(out_.str(), HasSubstr(part));
  }
}

TEST_F(CommandLine, TellsTheVersion) {
  EXPECT_EQ(end({.mode = Mode::version}), ExitCode::stopped);
  EXPECT_EQ(out_.str(), "nopassd " + config_of("").handlers.version + "\n");
}

TEST_F(CommandLine, LoadsWhatItRunsWith) {
  const auto file = folder_.write("a.toml", "[daemon]\nname = \"east\"\n");
  auto result = carry_out({.config_file = file, .sets = {"daemon.io_threads=3"}}, console_);
  ASSERT_TRUE(std::holds_alternative<RunCommand>(result)) << error_.str();
  const auto& command = std::get<RunCommand>(result);
  EXPECT_EQ(command.loaded.config.name, "east");
  EXPECT_EQ(command.loaded.config.io_threads, 3u);
  EXPECT_EQ(command.source.file, file);
  EXPECT_THAT(out_.str() + error_.str(), IsEmpty());
}

TEST_F(CommandLine, SaysThatAConfigurationIsValid) {
  const auto file = folder_.write("a.toml", "");
  EXPECT_EQ(end({.config_file = file, .sets = {"callers.allow=[]"}, .mode = Mode::check}), ExitCode::stopped);
  EXPECT_THAT(out_.str(), HasSubstr(file + ": configuration is valid\n"));
  EXPECT_THAT(out_.str(), HasSubstr("http://127.0.0.1:8480"));
  EXPECT_THAT(out_.str(), HasSubstr("note: callers.allow"));
}

TEST_F(CommandLine, SaysEverythingThatIsWrongInEveryModeThatLoads) {
  const auto file = folder_.write("a.toml", "[daemon]\nnam = 1\n\n[listener]\nmax_header = \"1B\"\n");
  for (const auto mode : {Mode::run, Mode::check, Mode::print}) {
    error_.str("");
    EXPECT_EQ(end({.config_file = file, .sets = {"events.keep=x"}, .mode = mode}), ExitCode::configuration);
    EXPECT_THAT(error_.str(), HasSubstr(file + ":2: daemon.nam: unknown key (did you mean daemon.name?)\n"));
    EXPECT_THAT(error_.str(), HasSubstr(file + ":5: listener.max_header: 1B is out of range (right: 1KiB to 64KiB"));
    EXPECT_THAT(error_.str(), HasSubstr("\n--set events.keep: is not a duration"));
  }
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(CommandLine, PrintsTheConfigurationInForce) {
  const auto file = folder_.write("a.toml", "");
  EXPECT_EQ(end({.config_file = file, .sets = {"daemon.name=east"}, .mode = Mode::print}), ExitCode::stopped);
  EXPECT_EQ(config_of(out_.str()).name, "east");
}

TEST_F(CommandLine, SaysWhatToDoAboutAMissingFile) {
  EXPECT_EQ(end({.config_file = folder_.path("none.toml")}), ExitCode::configuration);
  EXPECT_THAT(error_.str(), HasSubstr("none.toml: No such file"));
  EXPECT_THAT(error_.str(), HasSubstr("--config FILE"));
}

TEST_F(CommandLine, RefusesAFolderAndAHugeFile) {
  EXPECT_EQ(end({.config_file = folder_.path("")}), ExitCode::configuration);
  EXPECT_THAT(error_.str(), HasSubstr("is a directory"));
  EXPECT_EQ(end({.config_file = folder_.write("huge.toml", std::string((1 << 20) + 1, '#'))}), ExitCode::configuration);
  EXPECT_THAT(error_.str(), HasSubstr("larger than 1 MiB"));
}

TEST_F(CommandLine, TakesAnEmptyFile) {
  const auto result = carry_out({.config_file = "/dev/null"}, console_);
  EXPECT_TRUE(std::holds_alternative<RunCommand>(result)) << error_.str();
}

}  // namespace
}  // namespace nopassd::daemon
