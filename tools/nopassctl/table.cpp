#include "tools/nopassctl/table.hpp"

#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/terminal.hpp"
#include "tools/nopassctl/text.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

std::string padded(std::string_view text, std::size_t columns) {
  return std::string(text) + std::string(columns - std::min(columns, columns_of(text)), ' ');
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = cell.empty() ? "-" : printable(cell);
  rows_.push_back(std::move(cells));
}

void Table::print(std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    widths.push_back(columns_of(heads_[i]));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text(indent);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += i + 1 == cells.size() ? cells[i] : padded(cells[i], widths[i] + 2);
    }
    return text;
  };
  fmt::print("{}\n", coloured(line(heads_), Colour::bold));
  for (const auto& row : rows_) fmt::print("{}\n", line(row));
}

void print_list(const json::value& list, const std::vector<Column>& columns, std::string_view nothing) {
  const json::array& data = entries(list, "data");
  if (data.empty()) return print_line(nothing);
  std::vector<std::string> heads;
  for (const Column& column : columns) heads.emplace_back(column.head);
  Table table(std::move(heads));
  for (const json::value& entry : data) {
    std::vector<std::string> cells;
    for (const Column& column : columns) cells.push_back(text_of(entry, column.path));
    table.add(std::move(cells));
  }
  table.print();
  const auto shown = static_cast<std::int64_t>(data.size());
  const std::int64_t total = number_of(list, "pagination.total", shown);
  if (total > shown) print_note(fmt::format("{} of {} are shown; --limit N shows more", shown, total));
}

void print_members(const json::value& resource, std::string_view indent) {
  if (!resource.is_object()) return;
  std::size_t width = 0;
  for (const auto& member : resource.get_object()) width = std::max(width, columns_of(printable(member.key())));
  for (const auto& member : resource.get_object()) {
    if (member.key() == "type") continue;
    const std::string text = text_of(member.value(), "");
    fmt::print("{}{}  {}\n", indent, padded(printable(member.key()), width), text.empty() ? "-" : printable(text));
  }
}

void print_json(const json::value& value) { fmt::print("{}\n", json_text(value)); }

void print_line(std::string_view text) { fmt::print("{}\n", printable(text)); }

void print_note(std::string_view text) { fmt::print(stderr, "{}\n", printable(text)); }

}  // namespace nopassd::ctl
