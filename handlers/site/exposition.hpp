#pragma once
// Text for Prometheus, exposition format 0.0.4.
#include "handlers/figures.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nopassd::handlers::site {

/// Families one after the other, each followed by its samples. Label values are escaped; names and helps are ours.
class Exposition {
 public:
  using Label = std::pair<std::string_view, std::string_view>;
  using Labels = std::initializer_list<Label>;

  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  /// `type`: counter, gauge or histogram.
  void family(std::string_view name, std::string_view type, std::string_view help);
  /// Of the family begun last.
  void sample(Labels labels, double value);
  void sample(Labels labels, std::int64_t value);
  void sample(Labels labels, std::uint64_t value);

  /// Families with one sample each.
  template <class Value>
  void gauge(std::string_view name, std::string_view help, Value value) {
    family(name, "gauge", help);
    sample({}, value);
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "counter", help);
    sample({}, value);
  }

  /// All buckets of one histogram; bounds and sum are divided by `unit`. At most one label.
  template <std::size_t N>
  void histogram(Label label, const Histogram<N>& values, double unit) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < N; ++i) {
      count += values.bucket(i);
      bucket(label, number(static_cast<double>(values.bounds()[i]) / unit), count);
    }
    count += values.bucket(N);
    bucket(label, "+Inf", count);
    total("_sum", label, number(static_cast<double>(values.sum()) / unit));
    total("_count", label, std::to_string(count));
  }

  std::string take() { return std::move(text_); }

 private:
  static std::string number(double value);
  void bucket(Label label, std::string_view bound, std::uint64_t count);
  void total(std::string_view suffix, Label label, std::string_view value);
  void line(std::string_view suffix, std::span<const Label> labels, std::string_view value);

  std::string name_;
  std::string text_;
};

}  // namespace nopassd::handlers::site
