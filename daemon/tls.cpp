#include "daemon/tls.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <stdexcept>

namespace nopassd::daemon {

namespace ssl = boost::asio::ssl;

namespace {

void require(const boost::system::error_code& error, std::string_view what, const std::string& file) {
  if (error) throw std::runtime_error(fmt::format("{} {}: {}", what, file, error.message()));
}

storage::TimePoint not_after(const X509* certificate) {
  std::tm parts{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) {
    throw std::runtime_error("listener.tls_certificate: a certificate does not say when it expires");
  }
  return storage::TimePoint{std::chrono::seconds(::timegm(&parts))};
}

/// Of the certificate that was added last, and of those that go along with it.
storage::TimePoint expiry_of_current(SSL_CTX* native) {
  storage::TimePoint first = not_after(SSL_CTX_get0_certificate(native));
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(native, &chain);
  for (int i = 0; i < sk_X509_num(chain); ++i) first = std::min(first, not_after(sk_X509_value(chain, i)));
  return first;
}

void add_certificates(ServerTls& tls, const ListenerConfig& listener) {
  tls.expires = storage::TimePoint::max();
  boost::system::error_code error;
  for (std::size_t i = 0; i < listener.tls_certificates.size(); ++i) {
    const auto& certificate = listener.tls_certificates[i];
    const auto& key = listener.tls_keys.at(i);
    tls.context.use_certificate_chain_file(certificate, error);
    require(error, "listener.tls_certificate", certificate);
    tls.context.use_private_key_file(key, ssl::context::pem, error);
    require(error, "listener.tls_key", key);
    tls.expires = std::min(tls.expires, expiry_of_current(tls.context.native_handle()));
  }
}

/// ALPN (RFC 7301): a caller who asks for other protocols alone is told that there is none of them.
int choose_http_1_1(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, length, ours, sizeof(ours) - 1, offered, offered_length);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

ServerTls make_server_tls(const ListenerConfig& listener, const std::string& client_ca) {
  ServerTls tls{ssl::context(ssl::context::tls_server), {}};
  SSL_CTX* native = tls.context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    throw std::runtime_error("this OpenSSL has none of the TLS 1.2 ciphers that nopassd allows");
  }
  add_certificates(tls, listener);
  if (!client_ca.empty()) {
    boost::system::error_code error;
    tls.context.load_verify_file(client_ca, error);
    require(error, "callers.client_ca", client_ca);
    // Names the acceptable authorities to the caller, and keeps sessions of other contexts out.
    SSL_CTX_set_client_CA_list(native, SSL_load_client_CA_file(client_ca.c_str()));
    tls.context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  SSL_CTX_set_alpn_select_cb(native, choose_http_1_1, nullptr);
  const std::string_view session_context = "nopassd";
  SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(session_context.data()),
                                 static_cast<unsigned>(session_context.size()));
  return tls;
}

// Not the default file: it holds all of them, and what is made of it takes a megabyte.
void trust_system(ssl::context& client) {
  SSL_CTX_set_default_verify_dir(client.native_handle());
  if (std::getenv(X509_get_default_cert_file_env()) != nullptr) {
    SSL_CTX_set_default_verify_file(client.native_handle());
  }
}

}  // namespace nopassd::daemon
