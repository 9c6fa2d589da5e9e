#include "tools/nopassctl/secrets.hpp"

#include "tools/nopassctl/json_view.hpp"
#include "tools/nopassctl/table.hpp"

#include <fmt/format.h>

namespace nopassd::ctl {

void show_secret(const Context& context, const boost::json::value& resource, std::string_view purpose) {
  if (context.json) return print_json(resource);
  print_members(resource);
  if (find(resource, "secret") == nullptr) return;
  print_note(fmt::format("{} Keep the secret now: it is not shown again.", purpose));
}

}  // namespace nopassd::ctl
