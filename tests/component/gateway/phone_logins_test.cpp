// SPDX-License-Identifier: Apache-2.0
// What phones log in with: known from VoIP.ms, and after a start without it.
#include "gateway/phone_logins.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "component/gateway/engine_fixture.hpp"
#include "crypto/digest.hpp"
#include "support/eventually.hpp"

namespace mmsgate::gateway {
namespace {

using formats::DigestHash;
using testing::HasSubstr;
using testing::Not;
using testing_support::eventually;

constexpr const char* kDomain = "sip.example.org";
constexpr const char* kElsewhere = "montreal.example.net";
constexpr const char* kPassword = "sesame-street-1969";

class PhoneLoginsTest : public EngineTest {
 protected:
  void SetUp() override { begin(); }
  void TearDown() override {
    EngineTest::TearDown();
    logins_.reset();
  }

  void begin(const char* api_password = "api password") {
    start();
    logins_ = std::make_unique<PhoneLogins>(world(), api_password, std::vector<std::string>{kDomain});
    ASSERT_TRUE(logins_->start());
  }
  /// Another start of the gateway, which has not reached VoIP.ms yet.
  void begin_again(const char* api_password = "api password") {
    stop();
    logins_.reset();
    begin(api_password);
  }
  void learn(const std::string& password = kPassword) {
    formats::AccountSetup bob;
    bob.account.id.value = kBob;
    bob.password = password;
    logins_->learn({bob});
    ASSERT_TRUE(eventually([&] { return is_right(kBob, kDomain, password); }));
  }
  [[nodiscard]] bool is_right(const std::string& user, const std::string& realm, const std::string& password) const {
    const std::string text = fmt::format("{}:{}:{}", user, realm, password);
    const auto md5 = logins_->hash(DigestHash::md5, user, realm);
    const auto sha256 = logins_->hash(DigestHash::sha256, user, realm);
    return md5 && *md5 == crypto::md5(text) && sha256 && *sha256 == crypto::sha256(text);
  }
  [[nodiscard]] bool is_transient(const std::string& user, const std::string& realm) const {
    const auto hash = logins_->hash(DigestHash::md5, user, realm);
    return !hash && hash.error().kind == ErrorKind::transient;
  }
  [[nodiscard]] std::string sealed() const {
    const auto found = store_->sealed("phone logins");
    return found && *found ? (*found)->text : "";
  }
  void wait_for_another(const std::string& before) {
    ASSERT_TRUE(eventually([&] { return sealed() != before; }));
  }

  /// All that they were told before is written.
  void wait_for_loop_and_store() {
    std::promise<void> written;
    loop_->post([&] { store_->release("nobody", clock_.now(), [&](const Result<int>&) { written.set_value(); }); });
    written.get_future().wait();
  }

  std::unique_ptr<PhoneLogins> logins_;
};

TEST_F(PhoneLoginsTest, BeforeTheFirstAnswerNobodyKnows) {
  EXPECT_TRUE(is_transient(kBob, kDomain));
  learn();
  EXPECT_EQ(logins_->hash(DigestHash::md5, "100000_nobody", kDomain).value(), std::nullopt);
  EXPECT_TRUE(is_right(kBob, kElsewhere, kPassword)) << "whatever domain the phone is of";
}

TEST_F(PhoneLoginsTest, AStartWithoutVoipMsKnowsTheConfiguredDomain) {
  learn();
  wait_for_another("");
  begin_again();
  EXPECT_TRUE(is_right(kBob, kDomain, kPassword));
  EXPECT_TRUE(is_transient(kBob, kElsewhere)) << "no phone has logged in there";
}

TEST_F(PhoneLoginsTest, AndThoseInWhichAPhoneHasLoggedIn) {
  learn();
  wait_for_another("");
  const std::string before = sealed();
  logins_->used(kBob, kElsewhere);
  wait_for_another(before);
  begin_again();
  EXPECT_TRUE(is_right(kBob, kElsewhere, kPassword));
  learn("changed");
  EXPECT_TRUE(eventually([&] { return is_right(kBob, kElsewhere, "changed"); })) << "and keeps them up to date";
}

TEST_F(PhoneLoginsTest, WhoMakesUpDomainsDoesNotFillTheDatabase) {
  learn();
  wait_for_another("");
  for (int i = 0; i < 50; ++i) logins_->used(kBob, fmt::format("d{}.example", i));
  logins_->used(kBob, kElsewhere);
  wait_for_loop_and_store();
  begin_again();
  EXPECT_TRUE(is_right(kBob, kElsewhere, kPassword));
  EXPECT_TRUE(is_right(kBob, "d49.example", kPassword));
  EXPECT_TRUE(is_transient(kBob, "d0.example")) << "those of long ago are let go";
  EXPECT_TRUE(is_right(kBob, kDomain, kPassword)) << "what is configured is not";
}

TEST_F(PhoneLoginsTest, NeitherThePasswordNorAHashStandsInTheDatabase) {
  learn();
  wait_for_another("");
  stop();
  std::string all;
  for (const char* name : {"m.sqlite", "m.sqlite-wal"}) {
    std::ifstream in(folder_.file(name), std::ios::binary);
    all += std::string{std::istreambuf_iterator(in), {}};
  }
  const std::string text = fmt::format("{}:{}:{}", kBob, kDomain, kPassword);
  for (const std::string& secret : {std::string(kPassword), crypto::md5(text), crypto::sha256(text)}) {
    EXPECT_THAT(all, Not(HasSubstr(secret)));
  }
}

TEST_F(PhoneLoginsTest, AnotherApiPasswordCannotReadThem) {
  learn();
  wait_for_another("");
  begin_again("another");
  EXPECT_TRUE(is_transient(kBob, kDomain));
  const std::string before = sealed();
  learn();
  wait_for_another(before);
  begin_again("another");
  EXPECT_TRUE(is_right(kBob, kDomain, kPassword)) << "but VoIP.ms tells anew";
}

TEST_F(PhoneLoginsTest, AnApiPasswordThatChangesSealsAnew) {
  learn();
  wait_for_another("");
  const std::string before = sealed();
  logins_->replace_password("another");
  wait_for_another(before);
  begin_again("another");
  EXPECT_TRUE(is_right(kBob, kDomain, kPassword));
}

TEST_F(PhoneLoginsTest, AnAccountThatGoesIsForgotten) {
  learn();
  wait_for_another("");
  const std::string before = sealed();
  logins_->learn({});
  wait_for_another(before);
  EXPECT_EQ(logins_->hash(DigestHash::md5, kBob, kDomain).value(), std::nullopt);
  begin_again();
  EXPECT_TRUE(is_transient(kBob, kDomain));
}

TEST_F(PhoneLoginsTest, AnAccountWithoutAPasswordIsSaidOnce) {
  stop();
  logins_.reset();
  log_ = runtime::Log::open(runtime::LogLevel::warning, folder_.file("log")).value();
  begin();
  formats::AccountSetup alice;
  alice.account.id.value = kAlice;
  for (int i = 0; i < 3; ++i) logins_->learn({alice});
  wait_for_loop_and_store();
  EXPECT_EQ(logins_->hash(DigestHash::md5, kAlice, kDomain).value(), std::nullopt) << "an empty one lets nobody in";
  std::ifstream in(folder_.file("log"));
  const std::string log{std::istreambuf_iterator(in), {}};
  const auto said = log.find("VoIP.ms shows no password of 100000_alice");
  ASSERT_NE(said, std::string::npos) << log;
  EXPECT_EQ(log.find("no password", said + 20), std::string::npos) << log;
}

}  // namespace
}  // namespace mmsgate::gateway
