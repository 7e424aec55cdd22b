// SPDX-License-Identifier: Apache-2.0
// The directory: from the store at once, from VoIP.ms at start, and again and again.
#include "gateway/directory_keeper.hpp"

#include <gmock/gmock.h>

#include <future>

#include "component/gateway/engine_fixture.hpp"
#include "component/gateway/hand_http.hpp"
#include "support/eventually.hpp"

namespace mmsgate::gateway {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing_support::eventually;

constexpr const char* kAccounts = R"({"status":"success","accounts":[
    {"account":"100000_carol","callerid_number":"5145550103","internal_extension":"3","password":"sesame"}]})";
constexpr const char* kDids = R"({"status":"success","dids":[{"did":"5145550103","sms_enabled":"1"}]})";

class DirectoryKeeperTest : public EngineTest {
 protected:
  void SetUp() override { start(); }

  void keep() {
    api_ = std::make_unique<voipms::Api>(voipms::Credentials{.url = "http://api.example/rest.php"}, http_);
    keeper_ = std::make_unique<DirectoryKeeper>(world(), *api_, [this](const std::vector<formats::AccountSetup>& read) {
      passwords_.push(read.at(0).password);
    });
    ASSERT_TRUE(keeper_->start());
  }
  HandHttp::Call next(std::string_view method) {
    auto call = http_.calls.pop();
    if (!call) throw std::runtime_error("VoIP.ms was not asked for anything");
    EXPECT_EQ(call->method, method);
    return std::move(*call);
  }
  void answer(const char* accounts = kAccounts, const char* dids = kDids) {
    next("getSubAccounts").answer(accounts);
    next("getDIDsInfo").answer(dids);
  }
  [[nodiscard]] bool knows(std::string_view account) const { return book_.read()->find(account) != nullptr; }

  HandHttp http_;
  std::unique_ptr<voipms::Api> api_;
  testing_support::WaitingQueue<std::string> passwords_;
  std::unique_ptr<DirectoryKeeper> keeper_;
};

TEST_F(DirectoryKeeperTest, WhatTheStoreKnowsIsThereBeforeVoipMsAnswers) {
  store_->replace_directory(Directory({{AccountId{"100000_dora"}, std::nullopt, "104"}}), clock_.now(),
                            [](const Result<bool>&) {});
  ASSERT_TRUE(eventually([&] { return store_->directory()->accounts().size() == 1; }));
  keep();
  EXPECT_TRUE(knows("100000_dora"));
}

TEST_F(DirectoryKeeperTest, WhatVoipMsAnswersIsUsedAndKept) {
  keep();
  answer();
  ASSERT_TRUE(eventually([&] { return knows("100000_carol"); }));
  EXPECT_FALSE(knows(kAlice)) << "replaced as a whole";
  const auto stored = store_->directory();
  ASSERT_TRUE(stored);
  EXPECT_THAT(stored->accounts(), SizeIs(1));
  EXPECT_THAT(stored->dids(), ElementsAre(Did{Number::parse("5145550103").value(), true}));
}

TEST_F(DirectoryKeeperTest, WhoLooksAfterLoginsHearsOfPasswords) {
  keep();
  answer();
  EXPECT_EQ(passwords_.pop(), "sesame");
}

TEST_F(DirectoryKeeperTest, ItIsReadAgainAndAgain) {
  settings_.directory_every = std::chrono::milliseconds(1);
  keep();
  answer();
  answer();
  answer(R"({"status":"success","accounts":[{"account":"100000_erin"}]})");
  EXPECT_TRUE(eventually([&] { return knows("100000_erin"); })) << "what has changed is noticed";
}

TEST_F(DirectoryKeeperTest, AskedForOftenAtOnceItIsReadOnceMore) {
  keep();
  auto first = next("getSubAccounts");
  for (int i = 0; i < 20; ++i) keeper_->look_now();
  std::promise<void> heard;
  loop_->post([&] { heard.set_value(); });
  heard.get_future().wait();
  EXPECT_EQ(http_.calls.size(), 0U);
  first.answer(kAccounts);
  next("getDIDsInfo").answer(kDids);
  answer(R"({"status":"success","accounts":[{"account":"100000_erin"}]})");
  ASSERT_TRUE(eventually([&] { return knows("100000_erin"); }));
  EXPECT_EQ(http_.calls.size(), 0U);
}

TEST_F(DirectoryKeeperTest, AFailureKeepsWhatIsKnownAndIsTriedAgain) {
  settings_.directory_every = settings_.carrier_policy.first = std::chrono::milliseconds(1);
  keep();
  answer();
  ASSERT_TRUE(eventually([&] { return knows("100000_carol"); }));
  next("getSubAccounts").fail();
  next("getSubAccounts").answer(R"({"status":"ip_not_enabled"})");
  const auto fourth = next("getSubAccounts");
  EXPECT_TRUE(knows("100000_carol"));
}

TEST_F(DirectoryKeeperTest, AccountsAreUsedThoughTheNumbersCannotBeRead) {
  settings_.carrier_policy.first = std::chrono::milliseconds(1);
  keep();
  next("getSubAccounts").answer(kAccounts);
  next("getDIDsInfo").fail();
  EXPECT_TRUE(eventually([&] { return knows("100000_carol"); }));
  answer();
  EXPECT_TRUE(eventually([&] { return book_.read()->dids().size() == 1; }));
}

}  // namespace
}  // namespace mmsgate::gateway
