// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::gateway {
namespace {

using formats::PhoneTransport;
using testing::ElementsAre;
using testing::HasSubstr;

formats::AccountSetup account(const std::string& name, const std::string& number, const std::string& extension) {
  formats::AccountSetup setup{.account = {.id = {name}, .extension = extension}, .password = "sesame"};
  if (const auto parsed = Number::parse(number)) setup.account.caller_id = *parsed;
  return setup;
}

class SetUp : public testing::Test {
 protected:
  SetUp() {
    lists_.accounts = {account("100000_alice", "5145550100", "101"), account("100000_bob", "5145550110", "102"),
                       account("100000_carol", "", "")};
    lists_.dids = {{*Number::parse("5145550100"), "7"}, {*Number::parse("5145550110"), "99"}};
    lists_.servers = {{"7", "montreal.voip.ms"}};
    wishes_.proxy = "sms.example.org";
  }
  [[nodiscard]] std::string refusal(std::size_t which) const {
    const auto phone = set_up(lists_.accounts[which], lists_, wishes_);
    return phone ? "none" : phone.error().detail;
  }
  CarrierLists lists_;
  PhoneWishes wishes_;
};

TEST_F(SetUp, TheDomainIsTheServerOfTheNumberAndTheHashIsOfIt) {
  const auto phone = set_up(lists_.accounts[0], lists_, wishes_);
  ASSERT_TRUE(phone) << phone.error().detail;
  EXPECT_EQ(phone->user, "100000_alice");
  EXPECT_EQ(phone->domain, "montreal.voip.ms");
  EXPECT_EQ(phone->ha1, "b15e9d86191a937a9b4a1934307021ba");  // md5 of 100000_alice:montreal.voip.ms:sesame
  EXPECT_EQ(phone->password, "");
  EXPECT_EQ(phone->expires, 3600);
}

TEST_F(SetUp, ThePasswordGoesAsIsWished) {
  wishes_.login = LoginForm::plain;
  auto phone = set_up(lists_.accounts[0], lists_, wishes_);
  EXPECT_EQ(phone->password, "sesame");
  EXPECT_EQ(phone->ha1, "");
  wishes_.login = LoginForm::none;
  phone = set_up(lists_.accounts[0], lists_, wishes_);
  EXPECT_EQ(phone->password + phone->ha1, "");
}

TEST_F(SetUp, EncryptionIsTheSubAccountsAndTheTransportMayBeTheOwners) {
  const auto phone = [&](bool is_encrypted, std::optional<PhoneTransport> transport) {
    lists_.accounts[0].is_encrypted = is_encrypted;
    wishes_.transport = transport;
    const auto made = set_up_phone({&lists_.accounts[0]}, lists_, wishes_);
    return std::tuple(made->accounts[0].transport, made->accounts[0].is_sips, made->encrypts_media);
  };
  using enum PhoneTransport;
  EXPECT_EQ(phone(false, std::nullopt), std::tuple(udp, false, false));
  EXPECT_EQ(phone(true, std::nullopt), std::tuple(tls, true, true));
  EXPECT_EQ(phone(false, tls), std::tuple(tls, false, false));
  EXPECT_EQ(phone(true, tcp), std::tuple(tcp, false, true));
  EXPECT_EQ(phone(false, tcp), std::tuple(tcp, false, false));
}

TEST_F(SetUp, WithADomainOfOnesOwnNoServerIsNeeded) {
  wishes_.domain = "sip.example.org";
  EXPECT_EQ(set_up(lists_.accounts[1], {}, wishes_)->domain, "sip.example.org");
}

TEST_F(SetUp, WhyThereIsNoneIsSaid) {
  EXPECT_THAT(refusal(2), HasSubstr("no Caller ID number"));
  EXPECT_THAT(refusal(1), HasSubstr("names no server 99"));
  lists_.dids.clear();
  EXPECT_THAT(refusal(0), HasSubstr("5145550100 is none of the account's numbers"));
  lists_.accounts[0].password.clear();
  EXPECT_THAT(refusal(0), HasSubstr("--no-password"));
  for (const char* name : {"a b", "../x", ".x", "a/b", "a\nb", "a\\b"}) {
    lists_.accounts[0].account.id.value = name;
    EXPECT_THAT(refusal(0), HasSubstr("a name that no sub account should have")) << name;
  }
}

TEST_F(SetUp, OnePhoneCannotEncryptForOneAccountAndNotForTheOther) {
  wishes_.domain = "sip.example.org";
  const Accounts both{&lists_.accounts[0], &lists_.accounts[1]};
  EXPECT_EQ(set_up_phone(both, lists_, wishes_)->accounts.size(), 2U);
  lists_.accounts[1].is_encrypted = true;
  EXPECT_THAT(set_up_phone(both, lists_, wishes_).error().detail, HasSubstr("100000_alice and 100000_bob"));
}

TEST_F(SetUp, ContactsAreTheOtherExtensions) {
  wishes_.domain = "sip.example.org";
  lists_.accounts[1].description = "Bob's desk";
  const auto names = [&](const Accounts& own) {
    std::vector<std::string> all;
    for (const auto& each : contacts_for(own, *set_up_phone(own, lists_, wishes_), lists_)) {
      all.push_back(each.name + " " + each.address);
    }
    return all;
  };
  EXPECT_THAT(names({&lists_.accounts[0]}), ElementsAre("Bob's desk sip:102@sip.example.org"));
  EXPECT_THAT(names({&lists_.accounts[1]}), ElementsAre("alice sip:101@sip.example.org"));
  EXPECT_THAT(names({&lists_.accounts[0], &lists_.accounts[1]}), ElementsAre());
}

}  // namespace
}  // namespace mmsgate::gateway
