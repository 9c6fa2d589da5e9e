#include "daemon/config_files.hpp"

#include "storage/names.hpp"
#include "storage/secret.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <sys/stat.h>
#include <system_error>

namespace nopassd::daemon {
namespace {

constexpr off_t largest_file = 1 << 20;
constexpr mode_t others = 007;

template <auto Function>
struct Free {
  template <typename Type>
  void operator()(Type* object) const {
    Function(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

/// Makes the path absolute, and sees that it is a file of sensible size.
Fault find_file(std::string& path, bool secret) {
  if (!path.starts_with('/')) {
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    if (credentials == nullptr) {
      return {fmt::format("\"{}\" is not an absolute path", path),
              "an absolute path, or the name of a systemd credential (LoadCredential=) in a unit that has it"};
    }
    path = fmt::format("{}/{}", credentials, path);
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return {fmt::format("{}: {}", path, std::generic_category().message(errno)), "a file that the daemon may read"};
  }
  if (!S_ISREG(status.st_mode) || status.st_size > largest_file) {
    return {fmt::format("{} is not a file of at most 1 MiB", path), "the path of a regular file"};
  }
  if (secret && (status.st_mode & others) != 0) {
    return {fmt::format("{} is open to every user of this machine", path), fmt::format("chmod o= {}", path)};
  }
  return {};
}

/// What the file holds; a fault when it cannot be read.
Fault read_file(const std::string& path, std::string& content) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return {fmt::format("{}: {}", path, std::generic_category().message(errno)), "a file that the daemon may read"};
  }
  try {
    content.assign(std::istreambuf_iterator<char>(file), {});
  } catch (const std::ios_base::failure& failure) {
    return {fmt::format("{}: {}", path, failure.what()), "a file that the daemon may read"};
  }
  return {};
}

Bio memory_of(const std::string& content) {
  return Bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
}

Certificate parse_certificate(const std::string& content) {
  Certificate certificate(PEM_read_bio_X509(memory_of(content).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

/// Without it OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Key parse_key(const std::string& content) {
  Key key(PEM_read_bio_PrivateKey(memory_of(content).get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return key;
}

Fault check_certificates(std::string& text, std::string_view hint) {
  std::string content;
  if (auto fault = find_file(text, false)) return fault;
  if (auto fault = read_file(text, content)) return fault;
  if (parse_certificate(content)) return {};
  return {fmt::format("{} holds no certificate", text), std::string(hint)};
}

/// Replaces the path by what the file holds, without one line end.
Fault read_secret(std::string& text) {
  if (auto fault = find_file(text, true)) return fault;
  std::string content;
  if (auto fault = read_file(text, content)) return fault;
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  text = std::move(content);
  return {};
}

bool in_range(char c, char first, char last) { return c >= first && c <= last; }

}  // namespace

Fault check_certificate_file(std::string& text) {
  return check_certificates(text, "a PEM file: the server's certificate, then any intermediate ones");
}

Fault check_ca_file(std::string& text) {
  return check_certificates(text, "a PEM file with the certificates of the authorities");
}

Fault check_key_file(std::string& text) {
  std::string content;
  if (auto fault = find_file(text, true)) return fault;
  if (auto fault = read_file(text, content)) return fault;
  if (parse_key(content)) return {};
  return {fmt::format("{} holds no private key without a passphrase", text),
          "a PEM file that begins with -----BEGIN PRIVATE KEY-----"};
}

Fault check_s_code_file(std::string& text) {
  const std::string path = text;
  if (auto fault = read_secret(text)) return fault;
  const bool length = text.size() >= 8 && text.size() <= 64;
  const bool printable = std::ranges::all_of(text, [](char c) { return in_range(c, '!', '~'); });
  const bool capital = std::ranges::any_of(text, [](char c) { return in_range(c, 'A', 'Z'); });
  const bool digit = std::ranges::any_of(text, [](char c) { return in_range(c, '0', '9'); });
  if (length && printable && capital && digit) return {};
  return {fmt::format("{} holds no S-code", path),
          "one line of 8 to 64 visible ASCII characters with at least one capital and one digit"};
}

Fault check_admin_id_file(std::string& text) {
  const std::string path = text;
  if (auto fault = read_secret(text)) return fault;
  const auto length = storage::code_points(text);
  const bool control = std::ranges::any_of(text, [](char c) { return in_range(c, '\0', '\x1f') || c == '\x7f'; });
  if (length && *length >= 1 && *length <= 64 && !control) return {};
  return {fmt::format("{} holds no admin ID", path), "one line of 1 to 64 characters in UTF-8"};
}

std::string digest_of_files(const Value& value) {
  std::vector<std::string> paths = value.items;
  if (!value.text.empty()) paths.push_back(value.text);
  std::string digests;
  for (const auto& path : paths) {
    std::string content;
    if (read_file(path, content)) continue;
    const storage::Digest digest = storage::sha256(content);
    digests.append(digest.begin(), digest.end());
  }
  return digests;
}

bool key_matches(const std::string& certificate_path, const std::string& key_path) {
  std::string certificate_text, key_text;
  if (read_file(certificate_path, certificate_text) || read_file(key_path, key_text)) return false;
  const auto certificate = parse_certificate(certificate_text);
  const auto key = parse_key(key_text);
  const bool match = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return match;
}

std::string kind_of_key(const std::string& key_path) {
  std::string text;
  if (read_file(key_path, text)) return {};
  const auto key = parse_key(text);
  return key ? EVP_PKEY_get0_type_name(key.get()) : "";
}

}  // namespace nopassd::daemon
