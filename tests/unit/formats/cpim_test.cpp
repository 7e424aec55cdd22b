// SPDX-License-Identifier: Apache-2.0
#include "formats/cpim.hpp"

#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

// As Linphone writes it.
constexpr std::string_view kFromPhone =
    "From: \"Bob\" <sip:bob@test.local>\r\n"
    "To: <sip:5145550100@test.local>\r\n"
    "DateTime: 2026-01-02T03:04:05Z\r\n"
    "NS: imdn <urn:ietf:params:imdn>\r\n"
    "imdn.Message-ID: Ab3-x\r\n"
    "imdn.Disposition-Notification: positive-delivery, negative-delivery, display\r\n"
    "\r\n"
    "Content-Type: text/plain; charset=UTF-8\r\n"
    "Content-Length: 7\r\n"
    "\r\n"
    "caf\xC3\xA9\r\n";

std::string with_bare_line_feeds(std::string_view text) {
  std::string out(text);
  std::erase(out, '\r');
  return out;
}

TEST(Cpim, ReadsWhatLinphoneWrites) {
  for (const std::string& text : {std::string(kFromPhone), with_bare_line_feeds(kFromPhone)}) {
    const auto cpim = parse_cpim(text);
    ASSERT_TRUE(cpim) << cpim.error().detail;
    EXPECT_EQ(cpim->from, "\"Bob\" <sip:bob@test.local>");
    EXPECT_EQ(cpim->to, "<sip:5145550100@test.local>");
    EXPECT_EQ(cpim->message_id, "Ab3-x");
    EXPECT_EQ(cpim->content_type, "text/plain; charset=UTF-8");
    EXPECT_EQ(cpim->body.substr(0, 5), "caf\u00e9");
  }
}

std::string message_id_of(std::string_view headers) {
  const auto cpim = parse_cpim(std::string(headers) + "\r\nContent-Type: text/plain\r\n\r\nx");
  EXPECT_TRUE(cpim);
  return cpim ? cpim->message_id : "";
}

TEST(Cpim, FollowsTheDeclaredPrefix) {
  EXPECT_EQ(message_id_of("NS: Z9 <urn:ietf:params:imdn>\r\nZ9.Message-ID: 7\r\n"), "7");
  EXPECT_EQ(message_id_of("z9.message-id: 7\r\nns: Z9 <urn:ietf:params:imdn>\r\n"), "7")
      << "whatever the order and case";
  EXPECT_EQ(message_id_of("NS: <urn:ietf:params:imdn>\r\nMessage-ID: 7\r\n"), "7") << "the default namespace";
  EXPECT_EQ(message_id_of("From: x\r\nimdn.Message-ID: 7\r\n"), "") << "not declared";
  EXPECT_EQ(message_id_of("NS: imdn <urn:other>\r\nimdn.Message-ID: 7\r\n"), "") << "declared as another";
  EXPECT_EQ(message_id_of("NS: imdn urn:ietf:params:imdn\r\nimdn.Message-ID: 7\r\n"), "") << "not in brackets";
}

TEST(Cpim, HasDefaultsAndValidText) {
  const auto cpim = parse_cpim("From: \xFF\n\nContent-ID: <1>\n\n");
  ASSERT_TRUE(cpim);
  EXPECT_EQ(cpim->from, "\uFFFD");
  EXPECT_EQ(cpim->to, "");
  EXPECT_EQ(cpim->content_type, "text/plain");
  EXPECT_EQ(cpim->body, "");
}

TEST(Cpim, KeepsABinaryBody) {
  const std::string body("\0\r\n\r\n\xFF", 6);
  const auto cpim = parse_cpim("From: x\r\n\r\nContent-Type: image/png\r\n\r\n" + body);
  ASSERT_TRUE(cpim);
  EXPECT_EQ(cpim->body, body);
}

TEST(Cpim, RefusesWhatIsBroken) {
  for (const char* text : {"", "\r\n", "\r\n\r\n", "hello", "hello\r\n\r\nworld", "From: x", "From: x\r\n\r\n",
                           "From: x\r\n\r\n\r\nbody", "From: x\r\n\r\nContent-Type: text/plain",
                           "From: x\r\n\r\nhello\r\n\r\nbody", ": x\r\n\r\nContent-Type: a/b\r\n\r\n"}) {
    const auto cpim = parse_cpim(text);
    ASSERT_FALSE(cpim) << text;
    EXPECT_EQ(cpim.error().kind, ErrorKind::corrupt) << text;
  }
}

TEST(Cpim, RefusesTransferEncodings) {
  const auto with = [](const std::string& encoding) {
    return parse_cpim("From: x\n\nContent-Type: text/plain\nContent-Transfer-Encoding: " + encoding + "\n\naGVsbG8=");
  };
  EXPECT_TRUE(with("8bit"));
  EXPECT_TRUE(with("Binary"));
  ASSERT_FALSE(with("base64"));
  EXPECT_EQ(with("base64").error().kind, ErrorKind::rejected);
}

}  // namespace
}  // namespace mmsgate::formats
