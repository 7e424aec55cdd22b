// SPDX-License-Identifier: Apache-2.0
// "Is typing", as RFC 3994 has it.
#include "formats/composing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using std::chrono::seconds;

std::string document(std::string_view inner) {
  return "<?xml version=\"1.0\"?><a:isComposing xmlns:a=\"urn:ietf:params:xml:ns:im-iscomposing\">" +
         std::string(inner) + "</a:isComposing>";
}

TEST(Composing, ReadsWhatPhonesSay) {
  const auto typing = parse_composing(
      document("<a:state>active</a:state><a:contenttype>text/plain</a:contenttype><a:refresh>60</a:refresh>"));
  ASSERT_TRUE(typing);
  EXPECT_TRUE(typing->active);
  EXPECT_EQ(typing->refresh, seconds(60));
  EXPECT_FALSE(parse_composing(document("<a:state>idle</a:state>"))->active);
  EXPECT_FALSE(parse_composing(document(""))->active) << "a state that nobody knows";
}

TEST(Composing, ATimeOutOfAllMeasureIsBounded) {
  EXPECT_EQ(parse_composing(document("<refresh>99999999</refresh>"))->refresh, seconds(86'400));
  for (const auto* refresh :
       {"<refresh>-5</refresh>", "<refresh>soon</refresh>", "<refresh/>", "<refresh>99999999999999999999</refresh>"}) {
    EXPECT_EQ(parse_composing(document(refresh))->refresh, seconds(0)) << refresh;
  }
}

TEST(Composing, WhatIsNoneIsRefused) {
  for (const auto* other : {"", "<imdn/>", "typing"}) {
    const auto read = parse_composing(other);
    ASSERT_FALSE(read) << other;
    EXPECT_EQ(read.error().kind, ErrorKind::corrupt);
  }
}

TEST(Composing, WhatIsWrittenComesBack) {
  for (const Composing& each : {Composing{true, seconds(90)}, Composing{false, seconds(0)}}) {
    const auto again = parse_composing(write_composing(each));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->active, each.active);
    EXPECT_EQ(again->refresh, each.refresh);
  }
}

}  // namespace
}  // namespace mmsgate::formats
