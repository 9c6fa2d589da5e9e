#include "handlers/site/exposition.hpp"

#include <fmt/format.h>

#include <array>

namespace nopassd::handlers::site {

namespace {

void append_escaped(std::string& text, std::string_view value) {
  for (const char byte : value) {
    if (byte == '\n') {
      text += "\\n";
      continue;
    }
    if (byte == '\\' || byte == '"') text += '\\';
    text += byte;
  }
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void Exposition::sample(Labels labels, double value) {
  line("", std::span(labels.begin(), labels.size()), number(value));
}

void Exposition::sample(Labels labels, std::int64_t value) {
  line("", std::span(labels.begin(), labels.size()), std::to_string(value));
}

void Exposition::sample(Labels labels, std::uint64_t value) {
  line("", std::span(labels.begin(), labels.size()), std::to_string(value));
}

std::string Exposition::number(double value) { return fmt::format("{}", value); }

void Exposition::bucket(Label label, std::string_view bound, std::uint64_t count) {
  const std::array<Label, 2> labels{{label, {"le", bound}}};
  line("_bucket", std::span(labels).subspan(label.first.empty() ? 1 : 0), std::to_string(count));
}

void Exposition::total(std::string_view suffix, Label label, std::string_view value) {
  line(suffix, std::span(&label, label.first.empty() ? 0 : 1), value);
}

void Exposition::line(std::string_view suffix, std::span<const Label> labels, std::string_view value) {
  text_ += name_;
  text_ += suffix;
  for (const Label& label : labels) {
    text_ += &label == labels.data() ? '{' : ',';
    text_ += label.first;
    text_ += "=\"";
    append_escaped(text_, label.second);
    text_ += '"';
  }
  if (!labels.empty()) text_ += '}';
  text_ += ' ';
  text_ += value;
  text_ += '\n';
}

}  // namespace nopassd::handlers::site
