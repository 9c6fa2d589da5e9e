#include "daemon/tls.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace nopassd::daemon {

namespace ssl = boost::asio::ssl;

namespace {
void require(const boost::system::error_code& error, std::string_view what, const std::string& file) {
  if (error) throw std::runtime_error(fmt::format("{} {}: {}", what, file, error.message()));
}
}  // namespace

ssl::context make_tls_context(const ListenerConfig& listener, const std::string& client_ca) {
  ssl::context context(ssl::context::tls_server);
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    throw std::runtime_error("this OpenSSL has none of the TLS 1.2 ciphers that nopassd allows");
  }
  boost::system::error_code error;
  context.use_certificate_chain_file(listener.tls_certificate, error);
  require(error, "listener.tls_certificate", listener.tls_certificate);
  context.use_private_key_file(listener.tls_key, ssl::context::pem, error);
  require(error, "listener.tls_key", listener.tls_key);
  if (!client_ca.empty()) {
    context.load_verify_file(client_ca, error);
    require(error, "callers.client_ca", client_ca);
    // Names the acceptable authorities to the caller, and keeps sessions of other contexts out.
    SSL_CTX_set_client_CA_list(native, SSL_load_client_CA_file(client_ca.c_str()));
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  const std::string_view session_context = "nopassd";
  SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(session_context.data()),
                                 static_cast<unsigned>(session_context.size()));
  return context;
}

namespace {
storage::TimePoint not_after(const X509* certificate) {
  std::tm parts{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) {
    throw std::runtime_error("listener.tls_certificate: a certificate does not say when it expires");
  }
  return storage::TimePoint{std::chrono::seconds(::timegm(&parts))};
}
}  // namespace

storage::TimePoint expiry_of(const ssl::context& context) {
  // Asio has no const way to the native handle.
  SSL_CTX* native = const_cast<ssl::context&>(context).native_handle();
  storage::TimePoint first = not_after(SSL_CTX_get0_certificate(native));
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(native, &chain);
  for (int i = 0; i < sk_X509_num(chain); ++i) first = std::min(first, not_after(sk_X509_value(chain, i)));
  return first;
}

}  // namespace nopassd::daemon
