// SPDX-License-Identifier: Apache-2.0
#include "formats/carrier_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

CarrierMessage read(std::string_view json) {
  auto message = parse_webhook(json);
  EXPECT_TRUE(message) << (message ? "" : message.error().detail) << json;
  return message.value_or(CarrierMessage());
}

Error refusal(std::string_view json) {
  const auto message = parse_webhook(json);
  EXPECT_FALSE(message) << json;
  return message ? Error{} : message.error();
}

/// The smallest payload, with more fields behind it.
std::string payload(std::string_view more) {
  return R"({"data":{"payload":{"id":7,"from":"5145550101","to":"5145550100")" + std::string(more) + "}}}";
}

TEST(Webhook, ReadsTheDocumentedForm) {
  const CarrierMessage message =
      read(R"({"data":{"id":12345678901,"event_type":"message.received","record_type":"event",
    "payload":{"id":12345678901,"record_type":"message","from":{"phone_number":"5145550101"},
    "to":[{"phone_number":"5145550100"},{"phone_number":"5145550102"}],"text":"h\u00e9 \ud83d\ude00",
    "received_at":"2026-01-02T03:04:05Z","type":"MMS","media":[{"url":"https://media.test/1.jpg"}]}}})");
  EXPECT_EQ(message.id, "12345678901");
  EXPECT_EQ(message.from, "5145550101");
  EXPECT_THAT(message.to, ElementsAre("5145550100", "5145550102"));
  EXPECT_EQ(message.text, "h\u00e9 \U0001F600");
  EXPECT_THAT(message.media_urls, ElementsAre("https://media.test/1.jpg"));
  EXPECT_EQ(message.event_type, "message.received");
}

TEST(Webhook, TakesWhatMayVary) {
  EXPECT_EQ(read(R"({"data":{"id":"9","payload":{"from":"5145550101","to":["5145550100"]}}})").id, "9");
  EXPECT_EQ(read(R"({"event_type":"x","payload":{"id":"8","from":5145550101,"to":5145550100}})").event_type, "x");
  EXPECT_EQ(read(R"({"id":7,"from":"72222","to":{"phone_number":5145550100}})").to.at(0), "5145550100");
  EXPECT_EQ(read(R"({"data":{"event_type":"y","payload":{"id":7.0,"from":"1","to":"2"}}})").id, "7");
  EXPECT_EQ(read(R"({"id":7,"from":[{"phone_number":"5145550101"}],"to":[null,{},"",{"phone_number":"2"}]})").from,
            "5145550101");
  EXPECT_THAT(read(R"({"id":7,"from":"1","to":{"0":"2","2":"3"}})").to, ElementsAre("2", "3"))
      << "as PHP writes a list with gaps";
}

TEST(Webhook, TextMayBeMissingOrNull) {
  EXPECT_EQ(read(payload("")).text, "");
  EXPECT_EQ(read(payload(R"(,"text":null)")).text, "");
  EXPECT_EQ(read(payload(R"(,"text":42)")).text, "42");
  EXPECT_EQ(read(payload(R"(,"text":" kept \n")")).text, " kept \n");
  EXPECT_EQ(read(payload(R"(,"text":{"a":1})")).text, "");
}

TEST(Webhook, MediaMayBeStringsOrObjects) {
  EXPECT_THAT(read(payload("")).media_urls, IsEmpty());
  EXPECT_THAT(read(payload(R"(,"media":null)")).media_urls, IsEmpty());
  EXPECT_THAT(read(payload(R"(,"media":[])")).media_urls, IsEmpty());
  EXPECT_THAT(read(payload(R"(,"media":"u")")).media_urls, ElementsAre("u"));
  EXPECT_THAT(read(payload(R"(,"media":{"url":"u"})")).media_urls, ElementsAre("u"));
  EXPECT_THAT(read(payload(R"(,"media":["u",{"url":"v"},null,{"url":null},""])")).media_urls, ElementsAre("u", "v"));
}

std::string many(int count, std::string_view item) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + std::string(item);
  return "[" + list + "]";
}

TEST(Webhook, Takes64MediaAndNumbersAndNoMore) {
  EXPECT_THAT(read(payload(",\"media\":" + many(30, R"({"url":"u"})"))).media_urls, SizeIs(30));
  EXPECT_THAT(read(payload(",\"media\":" + many(64, R"("u")"))).media_urls, SizeIs(64));
  EXPECT_THAT(refusal(payload(",\"media\":" + many(65, R"("u")"))).detail, HasSubstr("media"));
  EXPECT_THAT(refusal(R"({"id":1,"from":"1","to":)" + many(65, R"("2")") + "}").detail, HasSubstr("to"));
}

TEST(Webhook, NamesTheMissingField) {
  const auto rejected = [](std::string_view json) {
    const Error error = refusal(json);
    EXPECT_EQ(error.kind, ErrorKind::rejected);
    return error.detail;
  };
  EXPECT_THAT(rejected(R"({"data":{"payload":{"from":"1","to":"2"}}})"), HasSubstr("id"));
  EXPECT_THAT(rejected(R"({"id":0,"from":"1","to":"2"})"), HasSubstr("id")) << "all would have one and the same";
  EXPECT_THAT(rejected(R"({"id":1,"to":"2"})"), HasSubstr("from"));
  EXPECT_THAT(rejected(R"({"id":1,"from":{},"to":"2"})"), HasSubstr("from"));
  EXPECT_THAT(rejected(R"({"id":1,"from":"1","to":[]})"), HasSubstr("to"));
  EXPECT_THAT(rejected(R"({"id":")" + std::string(65, '1') + R"(","from":"1","to":"2"})"), HasSubstr("64"));
  for (const char* json : {"{}", "[]", "null", "1", "\"x\"", R"({"data":[]})", R"({"data":{"payload":7}})"}) {
    EXPECT_THAT(rejected(json), HasSubstr("id")) << json;
  }
}

TEST(Webhook, RefusesWhatIsNotJson) {
  for (const char* json :
       {"", " ", "id=1&from=2", "{", "{\"id\":1,}", "{\"id\":1}}", "{'id':1}", "{\"id\":\"\\x\"}", "<xml/>"}) {
    EXPECT_EQ(refusal(json).kind, ErrorKind::corrupt) << json;
  }
}

TEST(Webhook, DeepNestingIsRefusedAndCostsNoStack) {
  const std::string nest = R"(,"text":"kept","x":)" + std::string(30, '[') + std::string(30, ']');
  EXPECT_EQ(refusal(payload(nest)).kind, ErrorKind::corrupt);
  EXPECT_EQ(read(payload(R"(,"text":"kept","x":)" + std::string(29, '[') + std::string(29, ']'))).text, "kept");
  constexpr int kDepth = 1'000'000;
  std::string objects;
  for (int i = 0; i < kDepth; ++i) objects += "{\"a\":";
  for (const std::string& json :
       {std::string(kDepth, '['), std::string(kDepth, '[') + std::string(kDepth, ']'), objects}) {
    EXPECT_EQ(refusal(json).kind, ErrorKind::corrupt);
  }
}

TEST(Webhook, MendsWhatIsNotUtf8) {
  EXPECT_EQ(read(payload(",\"text\":\"a\xFF\"")).text, "a\uFFFD");
  EXPECT_EQ(read(payload(R"(,"text":"a\ud83d")")).text, "a\uFFFD") << "a text cut within an emoji";
  EXPECT_EQ(read(payload(R"(,"text":"\ude00\ud83d\ud83d\ude00b")")).text, "\uFFFD\uFFFD\U0001F600b");
  EXPECT_EQ(read(payload(R"(,"text":"\\ud83d")")).text, "\\ud83d") << "a backslash that a person wrote";
  EXPECT_TRUE(is_utf8(read(payload(R"(,"text":"\u0000\udfff")")).text));
}

Result<CarrierMessage> callback(std::map<std::string, std::string> query) { return parse_callback(query); }

TEST(Callback, ReadsTheQueryInAnyCase) {
  const auto message = callback({{"ID", "77"},
                                 {"From", "5145550101"},
                                 {"TO", "5145550100"},
                                 {"message", " hi "},
                                 {"Media", "https://m.test/1,https://m.test/2 https://m.test/3"}});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->id, "77");
  EXPECT_EQ(message->from, "5145550101");
  EXPECT_THAT(message->to, ElementsAre("5145550100"));
  EXPECT_EQ(message->text, " hi ");
  EXPECT_THAT(message->media_urls, ElementsAre("https://m.test/1", "https://m.test/2", "https://m.test/3"));
  EXPECT_EQ(message->event_type, "");
}

TEST(Callback, SplitsListsWithCare) {
  const auto media_of = [](const std::string& media) {
    return callback({{"id", "1"}, {"from", "1"}, {"to", "2"}, {"files", media}})->media_urls;
  };
  EXPECT_THAT(media_of(""), IsEmpty());
  EXPECT_THAT(media_of(" , ,"), IsEmpty());
  EXPECT_THAT(media_of("{MEDIA}"), IsEmpty()) << "a place-holder that was not filled in";
  EXPECT_THAT(media_of("https://m.test/a,b?c=1,2, HTTPS://m.test/d,"),
              ElementsAre("https://m.test/a,b?c=1,2", "HTTPS://m.test/d"))
      << "a comma may be part of a URL";
  EXPECT_THAT(callback({{"id", "1"}, {"from", "1"}, {"to", " 5145550100, ,5145550102,"}})->to,
              ElementsAre("5145550100", "5145550102"));
}

TEST(Callback, MakesAnIdFromTheOtherFields) {
  const std::map<std::string, std::string> query = {
      {"from", "5145550101"}, {"to", "5145550100"}, {"message", "ok"}, {"date", "2026-01-02 03:04:05"}, {"id", "{ID}"}};
  const auto first = callback(query);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->id, "made-" + first->id.substr(5));
  EXPECT_EQ(callback(query)->id, first->id) << "a repeat is known";
  for (const auto& [name, value] : query) {
    if (name == "id") continue;
    auto other = query;
    other[name] += "1";
    EXPECT_NE(callback(other)->id, first->id) << name;
  }
  auto shifted = query;
  shifted["from"] = "51455501015";
  shifted["to"] = "145550100";
  EXPECT_NE(callback(shifted)->id, first->id) << "the fields do not run into each other";
}

TEST(Callback, NamesTheMissingField) {
  EXPECT_THAT(callback({{"from", "1"}, {"to", "2"}, {"message", "ok"}}).error().detail, HasSubstr("timestamp"));
  EXPECT_THAT(callback({{"id", "1"}, {"to", "2"}}).error().detail, HasSubstr("from"));
  EXPECT_THAT(callback({{"id", "1"}, {"from", "1"}, {"to", " , "}}).error().detail, HasSubstr("to"));
  EXPECT_EQ(callback({}).error().kind, ErrorKind::rejected);
}

TEST(Callback, GivesOutValidText) {
  EXPECT_EQ(callback({{"id", "1"}, {"from", "\xFF"}, {"to", "2"}, {"message", "a\xC3"}})->text, "a\uFFFD");
}

}  // namespace
}  // namespace mmsgate::formats
