#include "daemon/diagnosis_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nopassd::daemon {
namespace {

using handlers::Check;
using Status = Check::Status;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint64_t mib = 1 << 20, gib = 1 << 30;
constexpr storage::TimePoint now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25);

MATCHER(IsFine, "") { return arg.status == Status::ok && arg.advice.empty() && !arg.detail.empty(); }
MATCHER_P(Warns, part, "") {
  return arg.status == Status::warning && !arg.advice.empty() && arg.detail.find(part) != std::string::npos;
}
MATCHER_P(Fails, part, "") {
  return arg.status == Status::failing && !arg.advice.empty() && arg.detail.find(part) != std::string::npos;
}

TEST(Diagnosis, JudgesTheDatabase) {
  EXPECT_THAT(judge_soundness({true, {}}, std::chrono::seconds(10)), IsFine());
  EXPECT_THAT(judge_soundness({false, {}}, std::chrono::seconds(10)),
              AllOf(IsFine(), Field(&Check::detail, HasSubstr("10 s"))));
  EXPECT_THAT(judge_soundness({true, {"page 7 is lost"}}, std::chrono::seconds(10)), Fails("page 7"));
}

TEST(Diagnosis, JudgesTheDiskByWhatIsAvailableAndItsShare) {
  EXPECT_THAT(judge_disks({{"/a", 100 * gib, 50 * gib, ""}}), IsFine());
  EXPECT_THAT(judge_disks({{"/a", 2000 * gib, 11 * gib, ""}}), IsFine()) << "a small share of much is enough";
  EXPECT_THAT(judge_disks({{"/a", 100 * gib, 9 * gib, ""}}), Warns("9 %"));
  EXPECT_THAT(judge_disks({{"/a", 4 * gib, 1000 * mib, ""}}), Warns("1000 MiB"));
  EXPECT_THAT(judge_disks({{"/a", 4 * gib, 99 * mib, ""}}), Fails("99 MiB"));
}

TEST(Diagnosis, JudgesDisksByTheWorst) {
  const DiskPlace good{"/a", 100 * gib, 50 * gib, ""};
  EXPECT_THAT(judge_disks({good, {"/b", 0, 0, "Permission denied: backups fail"}}), Warns("/b: Permission denied"));
  const auto check = judge_disks({{"/b", 0, 0, "is no folder"}, {"/a", 4 * gib, 0, ""}});
  EXPECT_THAT(check, Fails("/a: 0 MiB"));
  EXPECT_THAT(check.detail, HasSubstr("/b: is no folder"));
}

TEST(Diagnosis, OnlyWarnsOfANoPassThatCannotBeReached) {
  EXPECT_THAT(judge_nopass("https://n.example", ""), IsFine());
  EXPECT_THAT(judge_nopass("https://n.example", "no answer within 3 s"), Warns("https://n.example: no answer"));
}

TEST(Diagnosis, JudgesWhoMayCall) {
  CallersConfig callers;
  EXPECT_THAT(judge_callers(callers, {}), Fails("every callback is refused"));
  callers.allow.emplace_back(boost::asio::ip::network_v4());
  EXPECT_THAT(judge_callers(callers, {}), IsFine());
  EXPECT_THAT(judge_callers(callers, {17, 0}), Warns("17 requests"));
  EXPECT_THAT(judge_callers(callers, {17, 1}), IsFine()) << "NoPass comes through, so it was somebody else";
  callers.anybody = true;
  EXPECT_THAT(judge_callers(callers, {}), Warns("anybody"));
  callers.client_ca = "/ca.pem";
  EXPECT_THAT(judge_callers(callers, {}), IsFine());
}

TEST(Diagnosis, JudgesTheCertificate) {
  EXPECT_THAT(judge_certificate(std::nullopt, now), AllOf(IsFine(), Field(&Check::detail, HasSubstr("proxy"))));
  EXPECT_THAT(judge_certificate(now + days(14), now), IsFine());
  EXPECT_THAT(judge_certificate(now + days(14) - hours(1), now), Warns("13 days"));
  EXPECT_THAT(judge_certificate(now + hours(23), now), Fails("expired"));
  EXPECT_THAT(judge_certificate(now - days(1), now), Fails("expired"));
}

TEST(Diagnosis, JudgesTheClock) {
  EXPECT_THAT(judge_clock({now, minutes(0), std::nullopt}), IsFine());
  EXPECT_THAT(judge_clock({now, minutes(1), now}), IsFine());
  EXPECT_THAT(judge_clock({now, minutes(3), now}), Warns("3 min forward"));
  EXPECT_THAT(judge_clock({now, -hours(5), now - days(1)}), Warns("5 h back"));
  EXPECT_THAT(judge_clock({now, minutes(0), now + minutes(1)}), Fails("before the newest event"));
  EXPECT_THAT(judge_clock({storage::TimePoint{}, minutes(0), std::nullopt}), Fails("1970"));
  EXPECT_THAT(judge_clock({now + days(365 * 100), minutes(0), std::nullopt}), Fails("cannot be"));
}

storage::Consumer consumer(std::string name, std::int64_t acknowledged, storage::TimePoint seen) {
  storage::Consumer made;
  made.name = std::move(name);
  made.owner = "uid:33";
  made.acknowledged = acknowledged;
  made.last_seen = seen;
  return made;
}

TEST(Diagnosis, JudgesHowFarConsumersHaveRead) {
  Readership readership{{}, 200'000, now, days(30)};
  EXPECT_THAT(judge_lag(readership), IsFine());
  readership.consumers = {consumer("mail", 199'999, now), consumer("shop", 199'990, now - hours(23))};
  EXPECT_THAT(judge_lag(readership),
              AllOf(IsFine(), Field(&Check::detail, "2 consumers; shop is furthest behind, by 10 events")));
  readership.consumers[1].last_seen = now - days(3);
  EXPECT_THAT(judge_lag(readership), Warns("shop not seen for 3 d"));
  EXPECT_THAT(judge_lag(readership).detail, Not(HasSubstr("mail")));
  readership.consumers[0].acknowledged = 99'999;
  EXPECT_THAT(judge_lag(readership), Warns("mail 100001 events behind"));
  readership.consumers[1].last_seen = now - days(30) + hours(23);
  EXPECT_THAT(judge_lag(readership), Warns("shop not seen for 29 d and about to be retired"));
  readership.consumers[1].retired = true;
  EXPECT_THAT(judge_lag(readership), Warns("shop was retired"));
}

TEST(Diagnosis, WarnsBeforeAShortTimeoutRetiresAConsumer) {
  Readership readership{{consumer("mail", 1, now - minutes(50))}, 1, now, hours(1)};
  EXPECT_THAT(judge_lag(readership), Warns("mail not seen for 50 min and about to be retired"));
}

TEST(Diagnosis, LeavesTheConsumersOfHooksToTheHooks) {
  Readership readership{{consumer("hook:shop", 1, now - days(9))}, 500'000, now, days(30)};
  readership.consumers[0].owner = storage::hook_owner;
  EXPECT_THAT(judge_lag(readership), AllOf(IsFine(), Field(&Check::detail, "no consumers")));
}

TEST(Diagnosis, NamesAFewOfManyConsumers) {
  Readership readership{{}, 1, now, days(30)};
  for (int i = 0; i < 8; ++i) readership.consumers.push_back(consumer("c" + std::to_string(i), 1, now - days(3)));
  EXPECT_THAT(judge_lag(readership), Warns("c4 not seen for 3 d; and 3 more"));
}

TEST(Diagnosis, JudgesHooks) {
  EXPECT_THAT(judge_hooks({}), IsFine());
  storage::Hook hook;
  hook.name = "shop";
  EXPECT_THAT(judge_hooks({hook}), IsFine());
  hook.failures = 3;
  hook.last_error = storage::HookError{now, 500, ""};
  EXPECT_THAT(judge_hooks({hook}), Warns("shop has failed 3 times in a row, lastly with status 500"));
  hook.told = true;
  hook.last_error = storage::HookError{now, 0, "connection refused"};
  EXPECT_THAT(judge_hooks({hook}), Fails("lastly: connection refused"));
  hook.paused = true;
  EXPECT_THAT(judge_hooks({hook}), Warns("shop is paused"));
}

}  // namespace
}  // namespace nopassd::daemon
