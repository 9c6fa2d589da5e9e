#include "daemon/config_files.hpp"

#include "tests/daemon/certificates.hpp"
#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ConfigFiles : public ::testing::Test {
 protected:
  void SetUp() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  void TearDown() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }

  std::vector<ConfigProblem> secret_problems(const std::string& key, std::string_view content) {
    return problems_of("", {key + "=" + folder_.write("secret", content)});
  }

  TemporaryFolder folder_;
  Key key_ = make_key();
  std::string key_file_ = folder_.write("key.pem", pem_of(key_.get()));
  std::string certificate_file_ = folder_.write("certificate.pem", pem_of(make_certificate(key_.get()).get()));
};

TEST_F(ConfigFiles, MakeTheListenerSpeakHttpsAnywhere) {
  const auto config = config_of(
      "", {"listener.address=0.0.0.0:8443", "listener.tls_certificate=" + certificate_file_,
           "listener.tls_key=" + key_file_, "callers.client_ca=" + certificate_file_, "callers.anybody=true"});
  EXPECT_TRUE(config.listener.tls());
  EXPECT_EQ(config.listener.tls_keys.front(), key_file_);
  EXPECT_EQ(config.callers.client_ca, certificate_file_);
  EXPECT_THAT(config.notes, ElementsAre(HasSubstr("certificate")));
}

TEST_F(ConfigFiles, OfTlsBelongTogether) {
  EXPECT_THAT(problems_of("", {"listener.tls_certificate=" + certificate_file_}),
              ElementsAre(Says("listener.tls_certificate", "no listener.tls_key")));
  EXPECT_THAT(problems_of("", {"listener.tls_key=" + key_file_}),
              ElementsAre(Says("listener.tls_key", "no listener.tls_certificate")));
  EXPECT_THAT(problems_of("", {"callers.client_ca=" + certificate_file_}),
              ElementsAre(Says("callers.client_ca", "needs TLS")));
}

TEST_F(ConfigFiles, OfTlsMatch) {
  const auto other = folder_.write("other.pem", pem_of(make_key().get()));
  EXPECT_THAT(problems_of("", {"listener.tls_certificate=" + certificate_file_, "listener.tls_key=" + other}),
              ElementsAre(Says("listener.tls_key", "not the key of")));
}

TEST_F(ConfigFiles, OfTlsAreWhatTheySayTheyAre) {
  EXPECT_THAT(
      problems_of("", {"listener.tls_certificate=" + key_file_, "listener.tls_key=" + certificate_file_,
                       "callers.client_ca=" + key_file_, "nopass.ca_file=" + folder_.write("empty", "")}),
      ElementsAre(Says("listener.tls_certificate", "no certificate"), Says("listener.tls_key", "no private key"),
                  Says("callers.client_ca", "no certificate"), Says("nopass.ca_file", "no certificate")));
}

TEST_F(ConfigFiles, WithAPassphraseAreRefusedWithoutAskingForIt) {
  const auto locked = folder_.write("locked.pem", pem_of(key_.get(), EVP_aes_256_cbc()));
  EXPECT_THAT(problems_of("", {"listener.tls_certificate=" + certificate_file_, "listener.tls_key=" + locked}),
              ElementsAre(Says("listener.tls_key", "without a passphrase")));
}

TEST_F(ConfigFiles, WithSecretsAreClosedToOthers) {
  const auto code = folder_.write("code", "Abcdefg1");
  std::filesystem::permissions(code, std::filesystem::perms(0644));
  std::filesystem::permissions(key_file_, std::filesystem::perms(0604));
  EXPECT_THAT(problems_of("", {"listener.tls_certificate=" + certificate_file_, "listener.tls_key=" + key_file_,
                               "registration.s_code_file=" + code, "registration.admin_id_file=" + code}),
              AllOf(::testing::SizeIs(3), Each(::testing::Field(&ConfigProblem::hint, HasSubstr("chmod o= /")))));
  std::filesystem::permissions(code, std::filesystem::perms(0640));
  EXPECT_THAT(problems_of("", {"registration.s_code_file=" + code}), IsEmpty());
}

TEST_F(ConfigFiles, ThatAreFoldersAreRefused) {
  EXPECT_THAT(problems_of("", {"registration.s_code_file=" + folder_.path(".")}),
              ElementsAre(Says("registration.s_code_file", "is not a file")));
}

TEST_F(ConfigFiles, GiveTheSCodeWithoutOneLineEnd) {
  for (const auto* end : {"", "\n", "\r\n"}) {
    const auto file = folder_.write("code", std::string("Abcdefg1") + end);
    EXPECT_EQ(config_of("", {"registration.s_code_file=" + file}).handlers.s_code, "Abcdefg1");
  }
}

TEST_F(ConfigFiles, RefuseAnSCodeThatNoPassWould) {
  const std::string longest = "A1" + std::string(62, 'x');
  EXPECT_THAT(secret_problems("registration.s_code_file", longest), IsEmpty());
  for (const std::string& bad :
       {std::string("Abcdef1"), longest + "x", std::string("abcdefg1"), std::string("Abcdefgh"),
        std::string("Abcdefg1\n\n"), std::string("Abcd efg1"), std::string("Abcdefg1ä"), std::string()}) {
    const auto problems = secret_problems("registration.s_code_file", bad);
    ASSERT_THAT(problems, ElementsAre(Says("registration.s_code_file", "holds no S-code"))) << bad;
    if (bad.empty()) continue;
    EXPECT_THAT(problems[0].what + problems[0].hint, Not(HasSubstr(bad)));
  }
}

TEST_F(ConfigFiles, GiveTheAdminId) {
  const auto file = folder_.write("id", "Jim thé Admin\n");
  EXPECT_EQ(config_of("", {"registration.admin_id_file=" + file}).handlers.admin_id, "Jim thé Admin");
}

TEST_F(ConfigFiles, CountTheAdminIdInCodePoints) {
  std::string sixty_four;
  for (int i = 0; i < 64; ++i) sixty_four += "é";
  EXPECT_THAT(secret_problems("registration.admin_id_file", sixty_four), IsEmpty());
  for (const std::string& bad :
       {sixty_four + "x", std::string(), std::string("\n"), std::string("a\nb"), std::string("\xff")}) {
    EXPECT_THAT(secret_problems("registration.admin_id_file", bad),
                ElementsAre(Says("registration.admin_id_file", "holds no admin ID")));
  }
}

TEST_F(ConfigFiles, WithoutASlashAreSystemdCredentials) {
  folder_.write("code", "Abcdefg1");
  EXPECT_THAT(problems_of("", {"registration.s_code_file=code"}),
              ElementsAre(AllOf(Says("registration.s_code_file", "not an absolute path"),
                                Hints("registration.s_code_file", "credential"))));
  ::setenv("CREDENTIALS_DIRECTORY", folder_.path("").c_str(), 1);
  EXPECT_EQ(config_of("", {"registration.s_code_file=code"}).handlers.s_code, "Abcdefg1");
  const auto config = config_of("", {"listener.tls_certificate=certificate.pem", "listener.tls_key=key.pem"});
  EXPECT_TRUE(std::filesystem::equivalent(config.listener.tls_keys.front(), key_file_));
}

}  // namespace
}  // namespace nopassd::daemon
