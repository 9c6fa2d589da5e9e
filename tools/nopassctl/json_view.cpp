#include "tools/nopassctl/json_view.hpp"

#include "tools/nopassctl/text.hpp"

namespace nopassd::ctl {

namespace json = boost::json;

namespace {

std::string text_of(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return std::string(value.get_string());
  if (!value.is_array()) return json_text(value);
  std::string text;
  for (const json::value& entry : value.get_array()) {
    if (!text.empty()) text += ", ";
    text += text_of(entry);
  }
  return text;
}

}  // namespace

const json::value* find(const json::value& value, std::string_view path) {
  const json::value* found = &value;
  while (found != nullptr && !path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    found = found->is_object() ? found->get_object().if_contains(name) : nullptr;
  }
  return found;
}

std::string text_of(const json::value& value, std::string_view path) {
  const json::value* found = find(value, path);
  return found == nullptr ? "" : text_of(*found);
}

bool is_true(const json::value& value, std::string_view path) {
  const json::value* found = find(value, path);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::int64_t number_of(const json::value& value, std::string_view path, std::int64_t otherwise) {
  const json::value* found = find(value, path);
  return found != nullptr && found->is_int64() ? found->get_int64() : otherwise;
}

const json::array& entries(const json::value& value, std::string_view path) {
  static const json::array none;
  const json::value* found = find(value, path);
  return found != nullptr && found->is_array() ? found->get_array() : none;
}

}  // namespace nopassd::ctl
