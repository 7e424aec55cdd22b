// SPDX-License-Identifier: Apache-2.0
#include "sip/trace_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::sip {
namespace {

using testing::ElementsAre;

const std::string kSeparator = "   " + std::string(72, '-') + "\n";

/// As the stack says a message: its head, each line and each line end for itself, the end.
std::optional<Traced> say(TraceText& text, const std::string& stamp, const std::vector<std::string>& lines) {
  EXPECT_FALSE(text.take(stamp + "\n" + kSeparator));
  for (const std::string& line : lines) {
    EXPECT_FALSE(text.take("   " + line));
    EXPECT_FALSE(text.take("\n"));
  }
  return text.take(kSeparator);
}

const std::string kStamp = "recv 512 bytes from udp/[127.0.0.1]:5060 at 12:34:56.123456:";

TEST(TraceText, AMessageIsPutTogether) {
  TraceText text;
  const auto message = say(text, kStamp, {"MESSAGE sip:bob@example.org SIP/2.0", "Via: SIP/2.0/UDP a", "", "Hello"});
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->is_message);
  EXPECT_EQ(message->head, "<- UDP 127.0.0.1:5060, 512 bytes");
  EXPECT_THAT(message->lines, ElementsAre("MESSAGE sip:bob@example.org SIP/2.0", "Via: SIP/2.0/UDP a", "", "Hello"));
}

TEST(TraceText, WhatIsSentPointsAway) {
  TraceText text;
  EXPECT_EQ(say(text, "send 7 bytes to tls/[::1]:5061 at 1:2:3.4:", {"x"})->head, "-> TLS [::1]:5061, 7 bytes");
}

TEST(TraceText, ALineThatIsNotEndedIsOfTheMessageToo) {
  TraceText text;
  static_cast<void>(text.take(kStamp + "\n" + kSeparator));
  static_cast<void>(text.take("   Hel"));
  static_cast<void>(text.take("lo"));  // the rest of a line that stood in two pieces
  const auto message = text.take("\n" + kSeparator);
  ASSERT_TRUE(message);
  EXPECT_THAT(message->lines, ElementsAre("Hello"));
}

TEST(TraceText, WhatTheStackSaysOfItselfIsALine) {
  TraceText text;
  const auto said = text.take("nta: sent MESSAGE (1)\n");
  ASSERT_TRUE(said);
  EXPECT_FALSE(said->is_message);
  EXPECT_EQ(said->head, "nta: sent MESSAGE (1)");
  EXPECT_FALSE(text.take("\n"));
}

TEST(TraceText, NobodyEndsAMessageFromWithin) {
  TraceText text;
  const std::string dashes(72, '-');
  const auto message = say(text, kStamp, {"a", dashes, "recv 1 bytes from udp/[x]:1 at 0:", "b"});
  ASSERT_TRUE(message);
  EXPECT_EQ(message->lines.size(), 4U);
}

TEST(TraceText, PasswordsAreHidden) {
  TraceText text;
  const auto message = say(text, kStamp,
                           {"REGISTER sip:pop.example SIP/2.0", "Authorization: Digest username=\"a\", response=\"b\"",
                            "PROXY-authorization \t: Digest c", "  response=\"d\"", "\tmore", "Via: e", " still e"});
  ASSERT_TRUE(message);
  EXPECT_THAT(message->lines,
              ElementsAre("REGISTER sip:pop.example SIP/2.0", "Authorization: (hidden)",
                          "PROXY-authorization: (hidden)", " (hidden)", " (hidden)", "Via: e", " still e"));
}

TEST(TraceText, WhatIsHiddenDoesNotReachIntoTheNextMessage) {
  TraceText text;
  static_cast<void>(say(text, kStamp, {"Authorization: a"}));
  EXPECT_THAT(say(text, kStamp, {" b"})->lines, ElementsAre(" b"));
}

TEST(TraceText, NothingTalksToATerminal) {
  TraceText text;
  EXPECT_THAT(say(text, kStamp, {"X: \x1b[2J\x07\xc2\x9b"})->lines, ElementsAre("X: ?[2J??"));
  EXPECT_EQ(text.take("\x1b[2J\n")->head, "?[2J");
}

// Linphone packs the receipts that it sends.
TEST(TraceText, WhatIsNoTextIsShownAsText) {
  TraceText text;
  EXPECT_THAT(say(text, kStamp, {"caf\xc3\xa9 \x78\x9c\x4b"})->lines, ElementsAre("caf\xc3\xa9 x?K"));
}

TEST(TraceText, AMessageWithoutAnEndIsGivenOut) {
  TraceText text;
  static_cast<void>(text.take(kStamp + "\n" + kSeparator));
  const std::string line(1 << 20, 'x');
  int pieces = 0;
  while (!text.take(line) && pieces < 10) ++pieces;
  EXPECT_LT(pieces, 10);
}

}  // namespace
}  // namespace mmsgate::sip
