#pragma once
// Secrets: those that the daemon tells once, and those that it is told.
#include "tools/nopassctl/command.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace nopassd::ctl {

/// A resource; when it holds a secret, with a word that it is not shown again. `purpose` is a sentence.
void show_secret(const Context& context, const boost::json::value& resource, std::string_view purpose);

/// What a file ("-": standard input) holds, without the end of its line. Throws Failure (usage), which names the option
/// and what the file must hold.
std::string read_secret(const std::string& path, std::string_view option, std::string_view what);

/// A bearer token from such a file; "" for no path.
std::string read_token(const std::string& path);

}  // namespace nopassd::ctl
