#pragma once
// Secrets that the daemon tells once.
#include "tools/nopassctl/command.hpp"

#include <boost/json/value.hpp>

#include <string_view>

namespace nopassd::ctl {

/// A resource; when it holds a secret, with a word that it is not shown again. `purpose` is a sentence.
void show_secret(const Context& context, const boost::json::value& resource, std::string_view purpose);

}  // namespace nopassd::ctl
