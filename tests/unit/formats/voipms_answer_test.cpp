// SPDX-License-Identifier: Apache-2.0
#include "formats/voipms_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Error refusal_of_send(std::string_view json) {
  const auto id = parse_sent(json, "sms");
  EXPECT_FALSE(id) << json;
  return id ? Error{} : id.error();
}

TEST(VoipMsStatus, SaysWhatToDo) {
  for (const char* word : {"invalid_dst", "invalid_did", "invalid_anything", "sms_toolong", "message_empty",
                           "missing_sms", "missing_did", "invalid_media", "media_too_large", "no_did"}) {
    EXPECT_EQ(kind_of_status(word), ErrorKind::rejected) << word;
  }
  for (const char* word : {"invalid_credentials", "missing_credentials", "ip_not_enabled", "api_not_enabled"}) {
    EXPECT_EQ(kind_of_status(word), ErrorKind::auth) << word;
  }
  EXPECT_EQ(kind_of_status("limit_reached"), ErrorKind::limit);
  for (const char* word : {"sms_failed", "mms_failed", "maintenance", "", "success?", "INVALID"}) {
    EXPECT_EQ(kind_of_status(word), ErrorKind::corrupt) << word;
  }
}

TEST(VoipMsSent, GivesTheId) {
  EXPECT_EQ(parse_sent(R"({"status":"success","sms":23434})", "sms"), "23434");
  EXPECT_EQ(parse_sent(R"({"mms":"23435","status":"success","more":[]})", "mms"), "23435");
}

TEST(VoipMsSent, SaysInWordsWhyNot) {
  EXPECT_EQ(refusal_of_send(R"({"status":"limit_reached"})"),
            (Error{ErrorKind::limit,
                   "VoIP.ms answered \"limit_reached\": the daily limit of messages by API is reached; it can "
                   "be raised on request"}));
  EXPECT_THAT(refusal_of_send(R"({"status":"sms_toolong"})").detail, HasSubstr("too long"));
  EXPECT_EQ(refusal_of_send(R"({"status":"invalid_colour"})").kind, ErrorKind::rejected);
  const Error unknown = refusal_of_send(R"({"status":"gone_fishing"})");
  EXPECT_EQ(unknown.kind, ErrorKind::corrupt);
  EXPECT_THAT(unknown.detail, HasSubstr("\"gone_fishing\""));
}

TEST(VoipMsSent, IsUnclearWithoutAnAnswerOrAnId) {
  for (const char* json : {R"({"status":"success"})", R"({"status":"success","sms":null})",
                           R"({"status":"success","sms":0})", R"({"status":"success","mms":5})"}) {
    EXPECT_EQ(refusal_of_send(json).kind, ErrorKind::corrupt) << json;
  }
}

// Six pages of an outage within a minute were taken for a refusal.
TEST(VoipMsSent, WhatIsNoAnswerOfTheirInterfaceIsAnOutage) {
  for (const char* page : {"", "<html>502</html>", "[]", "{}", "null", R"({"status":null})"}) {
    EXPECT_EQ(refusal_of_send(page).kind, ErrorKind::unanswered) << page;
  }
  EXPECT_EQ(refusal_of_send(std::string(100'000, '[')).kind, ErrorKind::unanswered);
}

TEST(VoipMsSent, ShowsNoWordThatIsNone) {
  const Error error = refusal_of_send(R"({"status":"a\nb\")" + std::string(5000, 'x') + "\"}");
  EXPECT_LT(error.detail.size(), 200U);
  EXPECT_THAT(error.detail, HasSubstr("a?b?x"));
}

std::vector<SubAccount> accounts(std::string_view json) {
  const auto read = parse_account_setups(json);
  EXPECT_TRUE(read) << (read ? "" : read.error().detail);
  std::vector<SubAccount> found;
  for (const AccountSetup& each : read.value_or(std::vector<AccountSetup>())) found.push_back(each.account);
  return found;
}

TEST(VoipMsSubAccounts, ReadsThem) {
  const auto read = accounts(R"({"status":"success","accounts":[
    {"id":"1","account":"123456_bob","callerid_number":"5145550100","internal_extension":"1","password":"secret"},
    {"id":2,"account":"123456_eve","callerid_number":"+15145550101","internal_extension":22},
    {"account":"123456_pbx","callerid_number":5145550102,"internal_extension":""},
    {"account":"123456_new","callerid_number":"","internal_extension":0},
    {"account":"123456_odd","callerid_number":"anonymous","internal_extension":"x1"},
    {"account":"123456_few"},
    {"account":""},{},null,7]})");
  ASSERT_THAT(read, SizeIs(6));
  EXPECT_EQ(read[0].id.value, "123456_bob");
  EXPECT_EQ(read[0].caller_id, *Number::parse("5145550100"));
  EXPECT_EQ(read[0].extension, "101") << "as it is dialled";
  EXPECT_EQ(read[1].caller_id, *Number::parse("5145550101")) << "E164 is the other form of the same";
  EXPECT_EQ(read[1].extension, "1022");
  EXPECT_EQ(read[2].caller_id, *Number::parse("5145550102"));
  EXPECT_EQ(read[2].extension, "");
  for (std::size_t i = 3; i < 6; ++i) {
    EXPECT_EQ(read[i].caller_id, std::nullopt) << read[i].id.value;
    EXPECT_EQ(read[i].extension, "") << read[i].id.value;
  }
}

TEST(VoipMsSubAccounts, MayBeNoneButNotUnknown) {
  EXPECT_THAT(accounts(R"({"status":"no_account"})"), IsEmpty());
  EXPECT_THAT(accounts(R"({"status":"success","accounts":[]})"), IsEmpty());
  EXPECT_THAT(accounts(R"({"status":"success","accounts":{"account":"1_a"}})"), SizeIs(1));
  EXPECT_THAT(accounts(R"({"status":"success","accounts":{"0":{"account":"1_a"},"3":{"account":"1_b"}}})"), SizeIs(2));
  EXPECT_EQ(parse_account_setups(R"({"status":"success"})").error().kind, ErrorKind::corrupt)
      << "an answer without the list must not cut everybody off";
  EXPECT_EQ(parse_account_setups(R"({"status":"ip_not_enabled"})").error().kind, ErrorKind::auth);
  EXPECT_EQ(parse_account_setups("oops").error().kind, ErrorKind::unanswered);
}

TEST(VoipMsDids, ReadsThem) {
  const auto read = parse_dids(R"({"status":"success","dids":[
    {"did":"5145550100","sms_enabled":"1"},{"did":15145550101,"sms_enabled":0},{"did":"+15145550102"},
    {"did":""},{},null]})");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_THAT(*read, ElementsAre(Did{*Number::parse("5145550100"), true}, Did{*Number::parse("5145550101"), false},
                                 Did{*Number::parse("5145550102"), true}));
}

TEST(VoipMsDids, MayBeNoneButNotUnknown) {
  EXPECT_THAT(*parse_dids(R"({"status":"no_did"})"), IsEmpty());
  EXPECT_EQ(parse_dids(R"({"status":"success"})").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(parse_dids(R"({"status":"invalid_credentials"})").error().kind, ErrorKind::auth);
  EXPECT_EQ(parse_dids("oops").error().kind, ErrorKind::unanswered);
}

std::vector<LoggedMessage> log(std::string_view json) {
  auto read = parse_log(json);
  EXPECT_TRUE(read) << (read ? "" : read.error().detail);
  return read.value_or(std::vector<LoggedMessage>());
}

TEST(VoipMsLog, ReadsIt) {
  const auto read = log(R"({"status":"success","sms":[
    {"id":"11","date":"2026-01-02 03:04:05","type":"1","did":"5145550100","contact":"5145550101","message":"hi",
     "carrier_status":"","col_media1":"https://m.test/a","col_media2":"","media":["https://m.test/a","https://m.test/b"]},
    {"id":12,"date":"2026-01-02 03:04:06","type":0,"did":5145550100,"contact":5145550101,"message":null,
     "col_media1":"https://m.test/c","col_media2":null,"col_media3":"https://m.test/d","media":[]},
    {"date":"no id"}]})");
  ASSERT_THAT(read, SizeIs(2));
  EXPECT_EQ(read[0].id, "11");
  EXPECT_EQ(read[0].date, "2026-01-02 03:04:05");
  EXPECT_TRUE(read[0].received);
  EXPECT_EQ(read[0].did, "5145550100");
  EXPECT_EQ(read[0].contact, "5145550101");
  EXPECT_EQ(read[0].text, "hi");
  EXPECT_THAT(read[0].media_urls, ElementsAre("https://m.test/a", "https://m.test/b"));
  EXPECT_EQ(read[1].id, "12");
  EXPECT_FALSE(read[1].received);
  EXPECT_EQ(read[1].did, "5145550100");
  EXPECT_EQ(read[1].text, "");
  EXPECT_THAT(read[1].media_urls, ElementsAre("https://m.test/c", "https://m.test/d"));
}

TEST(VoipMsLog, MayBeEmptyButNotUnknown) {
  EXPECT_THAT(log(R"({"status":"no_sms"})"), IsEmpty());
  EXPECT_THAT(log(R"({"status":"no_mms"})"), IsEmpty());
  EXPECT_THAT(log(R"({"status":"success","mms":[{"id":1,"media":{"url":"u"}}]})"), SizeIs(1));
  EXPECT_EQ(parse_log(R"({"status":"success"})").error().kind, ErrorKind::corrupt)
      << "what is unknown must not pass for not sent";
  EXPECT_EQ(parse_log(R"({"status":"limit_reached"})").error().kind, ErrorKind::limit);
}

TEST(AccountSetups, HaveWhatAPhoneIsSetUpBy) {
  const auto setups = parse_account_setups(
      R"({"status":"success","accounts":[{"account":"100000_alice","password":" p&<\"w ","callerid_number":"5145550100",
          "internal_extension":"1","sip_traffic":"1","max_expiry":"600","description":" Alice's phone "}]})");
  ASSERT_TRUE(setups);
  ASSERT_THAT(*setups, SizeIs(1));
  const AccountSetup& alice = setups->front();
  EXPECT_EQ(alice.account.id.value, "100000_alice");
  EXPECT_EQ(alice.account.caller_id->national(), "5145550100");
  EXPECT_EQ(alice.account.extension, "101");
  EXPECT_EQ(alice.password, " p&<\"w ") << "blanks are of the password";
  EXPECT_EQ(alice.description, "Alice's phone");
  EXPECT_TRUE(alice.is_encrypted);
  EXPECT_EQ(alice.max_expiry, 600);
}

TEST(AccountSetups, TakeWhateverFormItHas) {
  const auto one = [](const std::string& fields) {
    const auto setups =
        parse_account_setups(R"({"status":"success","accounts":[{"account":"100000_alice")" + fields + "}]}");
    EXPECT_TRUE(setups && setups->size() == 1) << fields;
    return setups && setups->size() == 1 ? setups->front() : AccountSetup{};
  };
  for (const char* off : {"", R"(,"sip_traffic":0)", R"(,"sip_traffic":"0")", R"(,"sip_traffic":null)",
                          R"(,"sip_traffic":false)", R"(,"sip_traffic":"")"}) {
    EXPECT_FALSE(one(off).is_encrypted) << off;
  }
  for (const char* on : {R"(,"sip_traffic":1)", R"(,"sip_traffic":"1")", R"(,"sip_traffic":true)"}) {
    EXPECT_TRUE(one(on).is_encrypted) << on;
  }
  for (const char* unusable :
       {"", R"(,"max_expiry":"")", R"(,"max_expiry":0)", R"(,"max_expiry":-5)", R"(,"max_expiry":"soon")",
        R"(,"max_expiry":"99999999999999")", R"(,"max_expiry":null)"}) {
    EXPECT_EQ(one(unusable).max_expiry, 3600) << unusable;
  }
  EXPECT_EQ(one(R"(,"max_expiry":120)").max_expiry, 120);
  EXPECT_EQ(one(R"(,"password":12345)").password, "12345");
  EXPECT_EQ(one("").password, "");
}

TEST(Servers, AreFoundByTheirPlaceWhateverItIsWrittenAs) {
  const auto servers = parse_servers(
      R"({"status":"success","servers":[{"server_pop":7,"server_hostname":"montreal.voip.ms"},
          {"server_pop":"8","server_hostname":"atlanta.voip.ms"},{"server_pop":"9"},{"server_hostname":"x"},5,null]})");
  ASSERT_TRUE(servers);
  ASSERT_THAT(*servers, SizeIs(2));
  EXPECT_EQ((*servers)[0].pop + (*servers)[0].host, "7montreal.voip.ms");
  EXPECT_EQ((*servers)[1].pop + (*servers)[1].host, "8atlanta.voip.ms");
  EXPECT_EQ(parse_servers(R"({"status":"success"})").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(parse_servers(R"({"status":"invalid_credentials"})").error().kind, ErrorKind::auth);
}

TEST(DidPlaces, AreWhereANumberIs) {
  const auto places = parse_did_places(
      R"({"status":"success","dids":[{"did":"5145550100","pop":7},{"did":5145550110,"pop":"8"},{"did":"5145550120"},
          {"did":"x","pop":1}]})");
  ASSERT_TRUE(places);
  ASSERT_THAT(*places, SizeIs(2));
  EXPECT_EQ((*places)[0].number.national() + " " + (*places)[0].pop, "5145550100 7");
  EXPECT_EQ((*places)[1].number.national() + " " + (*places)[1].pop, "5145550110 8");
  EXPECT_THAT(*parse_did_places(R"({"status":"no_did"})"), IsEmpty());
}

}  // namespace
}  // namespace mmsgate::formats
