#include "daemon/reloader.hpp"

#include "tests/daemon/certificates.hpp"
#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;
using std::chrono::hours;

/// A daemon's configuration with TLS, in force.
class Renewal : public ::testing::Test {
 protected:
  static LoadedConfig loaded(const ConfigSource& source) { return std::get<LoadedConfig>(load_entries(source)); }
  const ServerTls* tls() const { return in_force_.get()->tls.get(); }

  TemporaryFolder folder_;
  Key key_ = make_key();
  std::string key_file_ = folder_.write("key.pem", pem_of(key_.get()));
  std::string certificate_file_ = folder_.write("certificate.pem", pem_of(make_certificate(key_.get()).get()));
  const ConfigSource source_ =
      source_of("", {"listener.tls_certificate=" + certificate_file_, "listener.tls_key=" + key_file_});
  ConfigHolder in_force_{make_in_force(loaded(source_).config)};
  handlers::site::Quotas quotas_{1};
  handlers::Metrics metrics_;
  Log log_{LogLevel::error, false};
  Reloader reloader_{source_, loaded(source_), {in_force_, quotas_, metrics_, log_}};
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

TEST_F(Renewal, GivesSessionTicketsNewKeysOnceADay) {
  const auto* before = tls();
  reloader_.renew_certificates(start_ + hours(23));
  EXPECT_EQ(tls(), before);
  reloader_.renew_certificates(start_ + hours(25));
  const auto* after = tls();
  EXPECT_NE(after, before);
  reloader_.renew_certificates(start_ + hours(48));
  EXPECT_EQ(tls(), after) << "the day begins anew";
  reloader_.renew_certificates(start_ + hours(50));
  EXPECT_NE(tls(), after);
}

TEST_F(Renewal, TakesOverWhatHasChangedAtOnceAndKeepsWhatDoesNotFit) {
  const auto* before = tls();
  const auto other = make_key();
  folder_.write("certificate.pem", pem_of(make_certificate(other.get()).get()));
  reloader_.renew_certificates(start_);
  EXPECT_EQ(tls(), before) << "the key is that of the other certificate";
  folder_.write("key.pem", pem_of(other.get()));
  reloader_.renew_certificates(start_);
  EXPECT_NE(tls(), before);
}

}  // namespace
}  // namespace nopassd::daemon
