#pragma once
// Keys and certificates that a test makes for itself.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace nopassd::daemon::testing {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

inline Key make_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

inline Certificate make_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

template <typename Write>
std::string pem(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  write(memory);
  char* data = nullptr;
  const auto length = BIO_get_mem_data(memory, &data);
  std::string result(data, static_cast<std::size_t>(length));
  BIO_free(memory);
  return result;
}

inline std::string pem_of(EVP_PKEY* key, const EVP_CIPHER* cipher = nullptr) {
  char passphrase[] = "secret";
  return pem([&](BIO* memory) {
    PEM_write_bio_PKCS8PrivateKey(memory, key, cipher, cipher ? passphrase : nullptr, cipher ? 6 : 0, nullptr, nullptr);
  });
}

inline std::string pem_of(X509* certificate) {
  return pem([&](BIO* memory) { PEM_write_bio_X509(memory, certificate); });
}

}  // namespace nopassd::daemon::testing
