#pragma once
// What people get to see: aligned tables, a resource's members, and JSON. Everything printed here is escaped.
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace nopassd::ctl {

/// Columns as wide as their widest cell. print() writes to standard output.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}

  /// As many cells as heads.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  void print(std::string_view indent = "") const;

 private:
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

/// A column's head, and the path of the member that it shows, as text_of() takes it.
struct Column {
  std::string_view head;
  std::string_view path;
};

/// A list: `nothing` is said when it is empty, and on standard error how many more there are.
void print_list(const boost::json::value& list, const std::vector<Column>& columns, std::string_view nothing);

/// Every member of a resource but its type, one a line.
void print_members(const boost::json::value& resource, std::string_view indent = "");

/// One line of JSON.
void print_json(const boost::json::value& value);

/// A line of text, escaped.
void print_line(std::string_view text);

/// A line on standard error, escaped.
void print_note(std::string_view text);

}  // namespace nopassd::ctl
