#pragma once
// The files that the configuration names. A path without a leading slash is a systemd credential: it is looked up in
// $CREDENTIALS_DIRECTORY. Messages name the path and never show content.
#include "daemon/config_keys.hpp"

#include <string>

namespace nopassd::daemon {

// Each replaces the text by the absolute path.

/// PEM, with a certificate first.
Fault check_certificate_file(std::string& text);
/// PEM, without a passphrase, closed to others.
Fault check_key_file(std::string& text);
/// PEM, with at least one certificate.
Fault check_ca_file(std::string& text);

// Each replaces the text by what the file holds, without one line end.

/// 8 to 64 characters with a capital and a digit, closed to others.
Fault check_s_code_file(std::string& text);
/// 1 to 64 code points, closed to others.
Fault check_admin_id_file(std::string& text);

/// Of what the files that the value names hold, so that a change can be told; nothing for one that cannot be read.
std::string digest_of_files(const Value& value);

/// Whether the key is the certificate's. Both have passed the checks above.
bool key_matches(const std::string& certificate_path, const std::string& key_path);
/// "EC", "RSA", …; empty when it cannot be read.
std::string kind_of_key(const std::string& key_path);

}  // namespace nopassd::daemon
