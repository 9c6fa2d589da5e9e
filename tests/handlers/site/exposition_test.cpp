#include "handlers/site/exposition.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {

TEST(Exposition, WritesFamiliesWithTheirSamples) {
  Exposition out;
  out.counter("a_total", "How many.", 3);
  out.family("b", "gauge", "How much.");
  out.sample({{"kind", "x"}, {"other", "y"}}, 0.25);
  out.sample({{"kind", "z"}}, std::int64_t{-1});
  EXPECT_EQ(out.take(),
            "# HELP a_total How many.\n# TYPE a_total counter\na_total 3\n"
            "# HELP b How much.\n# TYPE b gauge\nb{kind=\"x\",other=\"y\"} 0.25\nb{kind=\"z\"} -1\n");
}

TEST(Exposition, EscapesTheValuesOfLabels) {
  Exposition out;
  out.family("a", "gauge", "One.");
  out.sample({{"name", "quote\" back\\slash line\nend"}}, std::uint64_t{1});
  EXPECT_NE(out.take().find("a{name=\"quote\\\" back\\\\slash line\\nend\"} 1\n"), std::string::npos);
}

TEST(Exposition, WritesBucketsThatAddUp) {
  Sizes sizes;
  for (const std::uint64_t size : {1U, 2U, 2U, 3U, 256U, 257U}) sizes.observe(size);
  Exposition out;
  out.family("s", "histogram", "Sizes.");
  out.histogram({"of", "x"}, sizes, 1);
  EXPECT_EQ(out.take(),
            "# HELP s Sizes.\n# TYPE s histogram\n"
            "s_bucket{of=\"x\",le=\"1\"} 1\ns_bucket{of=\"x\",le=\"2\"} 3\ns_bucket{of=\"x\",le=\"4\"} 4\n"
            "s_bucket{of=\"x\",le=\"8\"} 4\ns_bucket{of=\"x\",le=\"16\"} 4\ns_bucket{of=\"x\",le=\"32\"} 4\n"
            "s_bucket{of=\"x\",le=\"64\"} 4\ns_bucket{of=\"x\",le=\"128\"} 4\ns_bucket{of=\"x\",le=\"256\"} 5\n"
            "s_bucket{of=\"x\",le=\"+Inf\"} 6\ns_sum{of=\"x\"} 521\ns_count{of=\"x\"} 6\n");
}

TEST(Exposition, WritesTimesInSeconds) {
  Times times;
  times.observe(std::chrono::microseconds(250));
  times.observe(std::chrono::seconds(11));
  times.observe(std::chrono::nanoseconds(-5));  // never below nothing
  Exposition out;
  out.family("t_seconds", "histogram", "Times.");
  out.histogram({}, times, 1e9);
  const std::string text = out.take();
  EXPECT_NE(text.find("t_seconds_bucket{le=\"0.00025\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("t_seconds_bucket{le=\"10\"} 2\nt_seconds_bucket{le=\"+Inf\"} 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("t_seconds_sum 11.00025\nt_seconds_count 3\n"), std::string::npos) << text;
}

}  // namespace nopassd::handlers::site
