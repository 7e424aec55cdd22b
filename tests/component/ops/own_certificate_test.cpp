// SPDX-License-Identifier: Apache-2.0
#include "ops/own_certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>

#include "support/temp_folder.hpp"
#include "support/vanished_folder.hpp"

namespace mmsgate::ops {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Certificates : public testing::Test {
 protected:
  [[nodiscard]] Result<OwnCertificate> load() const { return own_certificate(files_, "127.0.0.2"); }
  static std::string text(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static mode_t mode(const std::string& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 0777U;
  }
  static int count_in(const std::filesystem::path& folder) {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  const testing_support::TempFolder folder_;
  const CertificateFiles files_{.certificate = folder_.file("data/cert.pem"), .key = folder_.file("data/key.pem")};
};

TEST_F(Certificates, AreMadeOnceWhenThereAreNone) {
  const auto made = load();
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(text(files_.certificate), made->certificate);
  EXPECT_EQ(text(files_.key), made->key);
  EXPECT_EQ(mode(files_.key), 0600U);
  EXPECT_EQ(mode(folder_.file("data")), 0700U);
  EXPECT_EQ(count_in(folder_.file("data")), 2) << "and nothing beside them";
  const auto again = load();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->certificate, made->certificate);
  EXPECT_EQ(again->key, made->key);
}

TEST_F(Certificates, NameThisMachineForTenYears) {
  const std::string pem = load()->certificate;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> made(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                                         X509_free);
  ASSERT_TRUE(made);
  char name[64] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(made.get()), NID_commonName, name, sizeof name);
  EXPECT_STREQ(name, "localhost");
  EXPECT_EQ(X509_check_host(made.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(made.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(made.get(), "127.0.0.2", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(made.get(), "127.0.0.3", 0), 0);
  std::time_t later = std::time(nullptr) + 3640L * 86'400;
  EXPECT_GT(X509_cmp_time(X509_get0_notAfter(made.get()), &later), 0);
  later += 20L * 86'400;
  EXPECT_LT(X509_cmp_time(X509_get0_notAfter(made.get()), &later), 0);
}

TEST_F(Certificates, OneWithoutTheOtherIsRefusedAndKept) {
  ASSERT_TRUE(load());
  std::filesystem::remove(files_.key);
  const std::string before = text(files_.certificate);
  const auto loaded = load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::rejected);
  EXPECT_THAT(loaded.error().detail, AllOf(HasSubstr("cert.pem is there"), HasSubstr("key.pem is not")));
  EXPECT_EQ(text(files_.certificate), before);
  std::filesystem::remove(files_.certificate);
  std::ofstream(files_.key) << "a key";
  EXPECT_THAT(load().error().detail, AllOf(HasSubstr("key.pem is there"), HasSubstr("cert.pem is not")));
}

TEST_F(Certificates, ThatDoNotFitEachOtherAreRefused) {
  ASSERT_TRUE(load());
  const CertificateFiles others{.certificate = folder_.file("other.pem"), .key = folder_.file("other.key")};
  ASSERT_TRUE(own_certificate(others, "127.0.0.2"));
  const auto mixed = own_certificate({.certificate = files_.certificate, .key = others.key}, "127.0.0.2");
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().kind, ErrorKind::rejected);
  EXPECT_THAT(mixed.error().detail, HasSubstr("is not that of the certificate"));
}

TEST_F(Certificates, ThatAreNoneAreNamed) {
  ASSERT_TRUE(load());
  std::ofstream(files_.key) << "no key";
  EXPECT_THAT(load().error().detail, HasSubstr("key.pem ([sip] sipkey) is no private key in PEM form"));
  std::ofstream(files_.certificate) << "no certificate";
  EXPECT_THAT(load().error().detail, HasSubstr("cert.pem ([sip] sipcert) is no certificate in PEM form"));
}

// The key has been put in its place, the certificate not yet.
TEST_F(Certificates, APowerCutBetweenTheTwoIsMadeGood) {
  const auto made = load();
  ASSERT_TRUE(made);
  std::filesystem::rename(files_.certificate, files_.certificate + ".new");
  const auto again = load();
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->certificate, made->certificate);
  EXPECT_EQ(count_in(folder_.file("data")), 2);
}

TEST_F(Certificates, APowerCutBeforeThatLeavesNothingInTheWay) {
  std::filesystem::create_directory(folder_.file("data"));
  std::ofstream(files_.certificate + ".new") << "half";
  std::ofstream(files_.key + ".new") << "half";
  ASSERT_TRUE(load());
  EXPECT_EQ(count_in(folder_.file("data")), 2);
}

TEST_F(Certificates, WhereWeAreIsGoneAndTheirPathsAreRelative) {
  const testing_support::VanishedFolder here;
  const auto loaded = own_certificate({.certificate = "cert.pem", .key = "key.pem"}, "127.0.0.2");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::transient);
  EXPECT_THAT(loaded.error().detail, HasSubstr("cannot write cert.pem"));
}

TEST_F(Certificates, ThatCannotBeMadeAreNoneOfTheOwnersFaults) {
  const auto loaded = own_certificate({.certificate = "/proc/none/cert.pem", .key = "/proc/none/key.pem"}, "127.0.0.2");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::transient);
  EXPECT_THAT(loaded.error().detail, AllOf(HasSubstr("cannot write /proc/none/cert.pem"), HasSubstr("sipcert")));
}

}  // namespace
}  // namespace mmsgate::ops
