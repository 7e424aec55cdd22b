// SPDX-License-Identifier: Apache-2.0
#include "formats/phone_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/mime.hpp"

namespace mmsgate::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kImdn =
    "<imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>m1</message-id><delivery-notification><status><delivered/>"
    "</status></delivery-notification></imdn>";

PhoneContent content(std::string_view type, std::string_view body) {
  auto message = parse_phone_message(type, body);
  EXPECT_TRUE(message) << (message ? "" : message.error().detail);
  if (!message || !std::holds_alternative<PhoneContent>(*message)) {
    ADD_FAILURE() << "no content in: " << type;
    return {};
  }
  return std::get<PhoneContent>(std::move(*message));
}

Error refusal(std::string_view type, std::string_view body) {
  const auto message = parse_phone_message(type, body);
  EXPECT_FALSE(message) << type;
  return message ? Error{} : message.error();
}

std::string cpim(std::string_view type, std::string_view body, std::string_view id = "c1") {
  return "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: " + std::string(id) +
         "\r\n\r\nContent-Type: " + std::string(type) + "\r\n\r\n" + std::string(body);
}

std::string file_xml(std::string_view url) {
  return write_rcs_files({{.name = "a", .type = "a/b", .url = std::string(url)}});
}

TEST(PhoneMessage, ReadsText) {
  EXPECT_EQ(content("text/plain", "h\u00e9 \U0001F600").text, "h\u00e9 \U0001F600");
  EXPECT_EQ(content("Text/Plain;charset=\"utf-8\"", "\u00e9").text, "\u00e9");
  EXPECT_EQ(content("text/plain; charset=ISO-8859-1", "caf\xE9").text, "caf\u00e9");
  EXPECT_EQ(content("text/plain; charset=us-ascii", "abc").text, "abc");
  EXPECT_EQ(content("text/plain", "").text, "");
}

TEST(PhoneMessage, RefusesTextInOtherCharsets) {
  EXPECT_EQ(refusal("text/plain", "caf\xE9").kind, ErrorKind::rejected);
  EXPECT_EQ(refusal("text/plain; charset=us-ascii", "caf\xE9").kind, ErrorKind::rejected);
  EXPECT_EQ(refusal("text/plain; charset=utf-16", "abc").kind, ErrorKind::rejected);
}

TEST(PhoneMessage, ReadsFiles) {
  const PhoneContent read = content(kRcsFileType, file_xml("https://gw.test/1"));
  ASSERT_THAT(read.files, SizeIs(1));
  EXPECT_EQ(read.files[0].url, "https://gw.test/1");
  EXPECT_EQ(read.text, "");
}

TEST(PhoneMessage, ReadsReceiptsAndComposing) {
  const auto one = parse_phone_message(kImdnType, kImdn);
  ASSERT_TRUE(one);
  EXPECT_EQ(std::get<PhoneReceipts>(*one).receipts.at(0).message_id, "m1");
  const std::string both = write_multipart({{.content_type = "message/imdn+xml", .body = std::string(kImdn)},
                                            {.content_type = "message/imdn+xml", .body = std::string(kImdn)}},
                                           "b");
  const auto two = parse_phone_message("multipart/mixed;boundary=b", both);
  ASSERT_TRUE(two);
  EXPECT_THAT(std::get<PhoneReceipts>(*two).receipts, SizeIs(2));
  const auto typing = parse_phone_message("application/im-iscomposing+xml", "<whatever");
  ASSERT_TRUE(typing);
  ASSERT_TRUE(std::holds_alternative<Composing>(*typing));
  EXPECT_FALSE(std::get<Composing>(*typing).active) << "what cannot be read says that nobody types";
  const auto active = parse_phone_message(kComposingType, write_composing({.active = true}));
  EXPECT_TRUE(std::get<Composing>(*active).active);
}

TEST(PhoneMessage, OpensWrappers) {
  const PhoneContent read = content("message/cpim", cpim("text/plain", "hi"));
  EXPECT_EQ(read.text, "hi");
  EXPECT_EQ(read.message_id, "c1");
  const std::string mixed = write_multipart({{.content_type = "text/plain", .body = "one"},
                                             {.content_type = std::string(kRcsFileType), .body = file_xml("u1")},
                                             {.content_type = "text/plain", .body = "two"},
                                             {.content_type = std::string(kRcsFileType), .body = file_xml("u2")}},
                                            "b");
  const PhoneContent wrapped = content("message/cpim", cpim("multipart/mixed; boundary=\"b\"", mixed));
  EXPECT_EQ(wrapped.text, "one\ntwo");
  EXPECT_THAT(wrapped.files, ElementsAre(testing::Field(&RcsFile::url, "u1"), testing::Field(&RcsFile::url, "u2")));
  EXPECT_EQ(wrapped.message_id, "c1");
  EXPECT_EQ(content("message/cpim", cpim("message/cpim", cpim("text/plain", "x", "inner"), "outer")).message_id,
            "outer");
}

TEST(PhoneMessage, OpensFourLevelsAndNoMore) {
  std::string body = "deep";
  std::string type = "text/plain";
  for (int level = 1; level <= 4; ++level) {
    body = cpim(type, body);
    type = "message/cpim";
  }
  EXPECT_EQ(content(type, body).text, "deep");
  EXPECT_EQ(refusal(type, cpim(type, body)).kind, ErrorKind::rejected);
}

TEST(PhoneMessage, RefusesTypesThatItDoesNotTake) {
  for (const char* type :
       {"image/png", "application/cipher.vnd.gsma.rcs-ft-http+xml", "multipart/alternative;boundary=b"}) {
    const Error error = refusal(type, "--b\r\n\r\nx\r\n--b--");
    EXPECT_EQ(error.kind, ErrorKind::rejected);
    EXPECT_THAT(error.detail, HasSubstr(std::string(type).substr(0, 9)));
  }
  EXPECT_EQ(refusal("", "x").kind, ErrorKind::rejected);
  const std::string odd_part = "--b\r\n\r\ncaption\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--";
  EXPECT_EQ(refusal("multipart/mixed;boundary=b", odd_part).kind, ErrorKind::rejected) << "half a message is none";
  const std::string encoded = "--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--";
  EXPECT_EQ(refusal("multipart/mixed;boundary=b", encoded).kind, ErrorKind::rejected);
  const std::string deflated = "--b\r\nContent-Encoding: deflate\r\n\r\nx\r\n--b--";
  EXPECT_EQ(refusal("multipart/mixed;boundary=b", deflated).kind, ErrorKind::rejected);
}

TEST(PhoneMessage, RefusesWhatIsNotWhatItSays) {
  EXPECT_EQ(refusal(kRcsFileType, "hello").kind, ErrorKind::corrupt);
  EXPECT_EQ(refusal(kImdnType, "hello").kind, ErrorKind::corrupt);
  EXPECT_EQ(refusal("message/cpim", "hello").kind, ErrorKind::corrupt);
  EXPECT_EQ(refusal("multipart/mixed", "--b\r\n\r\nx\r\n--b--").kind, ErrorKind::corrupt);
  EXPECT_EQ(refusal("multipart/mixed;boundary=b", "hello").kind, ErrorKind::corrupt);
}

TEST(PhoneMessage, NoDetailCarriesWhatTheSenderWrote) {
  // The details go into the reason phrase of a SIP answer.
  const Error error = refusal("x/" + std::string(1000, 'y') + "; a=\r\nVia: evil", "x");
  EXPECT_LT(error.detail.size(), 128U);
  EXPECT_THAT(refusal("x\r\nVia: evil/y", "x").detail, Not(HasSubstr("Via")));
}

TEST(PhoneMessage, AddsUpFilesOfAllParts) {
  std::vector<BodyPart> parts;
  for (int i = 0; i < 33; ++i) {
    parts.push_back({.content_type = std::string(kRcsFileType), .body = write_rcs_files({{.url = "u"}, {.url = "v"}})});
  }
  EXPECT_EQ(refusal("multipart/mixed;boundary=b", write_multipart(parts, "b")).kind, ErrorKind::limit);
  parts.pop_back();
  EXPECT_THAT(content("multipart/mixed;boundary=b", write_multipart(parts, "b")).files, SizeIs(64));
}

TEST(PhoneMessage, WritesTheSimplestThingThatHoldsIt) {
  const Body text = write_phone_message("hi", {}, "b");
  EXPECT_EQ(text.content_type, "text/plain") << "exactly: the proxy's rule compares it";
  EXPECT_EQ(text.bytes, "hi");
  const Body file = write_phone_message("", {{.name = "a", .type = "a/b", .url = "u"}}, "b");
  EXPECT_EQ(file.content_type, kRcsFileType);
  EXPECT_EQ(write_phone_message("\xFF", {}, "b").bytes, "\uFFFD");
}

TEST(PhoneMessage, ReadsWhatItWrote) {
  std::vector<RcsFile> files;
  for (int i = 0; i < 30; ++i) files.push_back({.name = "a & b", .type = "image/png", .url = "u" + std::to_string(i)});
  const Body body = write_phone_message("caption\n--edge--\n", files, "edge");
  EXPECT_THAT(body.content_type, testing::StartsWith("multipart/mixed; boundary="));
  EXPECT_THAT(body.content_type, Not(HasSubstr("\""))) << "some clients take quotes for a part of the boundary";
  const PhoneContent again = content(body.content_type, body.bytes);
  EXPECT_EQ(again.text, "caption\n--edge--\n") << "a text that holds the boundary";
  ASSERT_THAT(again.files, SizeIs(30));
  EXPECT_EQ(again.files[29].url, "u29");
  EXPECT_EQ(
      content(write_phone_message("x", files, "a@b c").content_type, write_phone_message("x", files, "a@b c").bytes)
          .text,
      "x")
      << "a boundary that must be quoted";
}

// What is written in C reads a text up to its first NUL.
TEST(PhoneMessage, ANulIsShownAsWhatCannotBeRead) {
  for (const char* type : {"text/plain", "text/plain;charset=iso-8859-1"}) {
    const auto read = parse_phone_message(type, std::string_view("a\0b", 3));
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<PhoneContent>(*read).text, "a\uFFFDb") << type;
  }
  EXPECT_EQ(write_phone_message(std::string_view("a\0b", 3), {}, "x").bytes, "a\uFFFDb");
}

}  // namespace
}  // namespace mmsgate::formats
