// SPDX-License-Identifier: Apache-2.0
#include "core/send_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mmsgate {

void PrintTo(const Slice& slice, std::ostream* out) {
  *out << "{text " << slice.text_at << "+" << slice.text_bytes << ", parts " << slice.first_part << "+"
       << slice.part_count << "}";
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr CarrierLimits kLimits{};

Slice slice(std::size_t text_at, std::size_t text_bytes, int first_part = 0, int part_count = 0) {
  return {text_at, text_bytes, first_part, part_count};
}

std::vector<Slice> plan(std::string_view text, int part_count) { return plan_for_carrier(text, part_count, kLimits); }

TEST(NeedsMms, MediaAlwaysTextWhenItIsTooLong) {
  EXPECT_FALSE(needs_mms(slice(0, 160), kLimits));
  EXPECT_TRUE(needs_mms(slice(0, 161), kLimits));
  EXPECT_FALSE(needs_mms(slice(1, 160), kLimits)) << "only its own slice counts";
  EXPECT_TRUE(needs_mms(slice(0, 0, 0, 1), kLimits));
}

// VoIP.ms has been seen to refuse 81 accents as sms_toolong.
TEST(NeedsMms, CountsBytes) {
  std::string text;
  for (int i = 0; i < 81; ++i) text += "é";
  EXPECT_TRUE(needs_mms(slice(0, text.size()), kLimits));
}

TEST(PlanForCarrier, NothingIsNoCall) { EXPECT_THAT(plan("", 0), IsEmpty()); }

TEST(PlanForCarrier, TextAloneIsOneCall) {
  EXPECT_THAT(plan("hello", 0), ElementsAre(slice(0, 5)));
  const std::string long_text(2048, 'a');
  EXPECT_THAT(plan(long_text, 0), ElementsAre(slice(0, 2048)));
}

TEST(PlanForCarrier, UpToThreeMediaGoTogetherWithTheText) {
  EXPECT_THAT(plan("", 1), ElementsAre(slice(0, 0, 0, 1)));
  EXPECT_THAT(plan("hello", 1), ElementsAre(slice(0, 5, 0, 1)));
  EXPECT_THAT(plan("hello", 3), ElementsAre(slice(0, 5, 0, 3)));
}

TEST(PlanForCarrier, TheFourthMediaGoesInACallOfItsOwn) {
  EXPECT_THAT(plan("hello", 4), ElementsAre(slice(0, 5, 0, 3), slice(0, 0, 3, 1)));
}

TEST(PlanForCarrier, ThirtyMediaAreTenCalls) {
  const std::vector<Slice> calls = plan("hello", 30);
  ASSERT_EQ(calls.size(), 10U);
  int first = 0;
  for (const Slice& call : calls) {
    EXPECT_EQ(call, slice(0, first == 0 ? 5 : 0, first, 3));
    first += 3;
  }
}

TEST(PlanForCarrier, TextBeyondTheLimitIsCutBetweenWords) {
  const std::string text = std::string(2000, 'a') + " " + std::string(100, 'b');
  EXPECT_THAT(plan(text, 0), ElementsAre(slice(0, 2000), slice(2001, 100)));
}

TEST(PlanForCarrier, ALongTextAndManyMediaShareTheirCalls) {
  const std::string text(2048 * 2, 'a');
  EXPECT_THAT(plan(text, 4), ElementsAre(slice(0, 2048, 0, 3), slice(2048, 2048, 3, 1)));
  EXPECT_THAT(plan(text, 1), ElementsAre(slice(0, 2048, 0, 1), slice(2048, 2048)));
}

TEST(PlanForCarrier, EveryMediaAndAllTextGoExactlyOnce) {
  for (const int media : {0, 1, 2, 3, 4, 5, 6, 7, 30, 31}) {
    for (const std::size_t length : {0U, 1U, 160U, 161U, 2048U, 2049U, 9000U}) {
      const std::string text(length, 'x');
      std::size_t text_end = 0;
      int part_end = 0;
      for (const Slice& call : plan(text, media)) {
        EXPECT_TRUE(call.text_bytes > 0 || call.part_count > 0) << "an empty call";
        EXPECT_LE(call.part_count, kLimits.media_per_mms);
        EXPECT_LE(call.text_bytes, kLimits.mms_bytes);
        if (call.text_bytes > 0) {
          EXPECT_EQ(call.text_at, text_end);
          text_end += call.text_bytes;
        }
        if (call.part_count > 0) {
          EXPECT_EQ(call.first_part, part_end);
          part_end += call.part_count;
        }
      }
      EXPECT_EQ(text_end, length);
      EXPECT_EQ(part_end, media);
    }
  }
}

TEST(PlanForPhone, TogetherIsOneMessageOfWhatIsUsual) {
  EXPECT_THAT(plan_for_phone("hello", 0, Layout::together), ElementsAre(slice(0, 5)));
  EXPECT_THAT(plan_for_phone("hello", 8, Layout::together), ElementsAre(slice(0, 5, 0, 8)));
  EXPECT_THAT(plan_for_phone("", 3, Layout::together), ElementsAre(slice(0, 0, 0, 3)));
}

// The proxy dropped the line at more than its buffer holds, again and again, and the conversation stood still.
TEST(PlanForPhone, TogetherIsNoMessageThatAProxyDrops) {
  EXPECT_THAT(plan_for_phone("hello", 20, Layout::together),
              ElementsAre(slice(0, 5, 0, 8), slice(0, 0, 8, 8), slice(0, 0, 16, 4)));
  const std::string text(13'000, 'x');
  EXPECT_THAT(plan_for_phone(text, 1, Layout::together),
              ElementsAre(slice(0, 6000), slice(6000, 6000), slice(12'000, 1000, 0, 1)));
  EXPECT_THAT(plan_for_phone(text, 1, Layout::separate),
              ElementsAre(slice(0, 6000), slice(6000, 6000), slice(12'000, 1000), slice(0, 0, 0, 1)));
}

TEST(PlanForPhone, TogetherAnEmptyMessageStillArrives) {
  EXPECT_THAT(plan_for_phone("", 0, Layout::together), ElementsAre(slice(0, 0)));
}

// Laid out separately it had no slice and so no delivery: it was gone without a word.
TEST(PlanForPhone, SeparateAnEmptyMessageStillArrives) {
  EXPECT_THAT(plan_for_phone("", 0, Layout::separate), ElementsAre(slice(0, 0)));
}

TEST(PlanForPhone, SeparateIsTheTextAndThenOneAMedia) {
  EXPECT_THAT(plan_for_phone("hello", 0, Layout::separate), ElementsAre(slice(0, 5)));
  EXPECT_THAT(plan_for_phone("hello", 2, Layout::separate),
              ElementsAre(slice(0, 5), slice(0, 0, 0, 1), slice(0, 0, 1, 1)));
  EXPECT_THAT(plan_for_phone("", 1, Layout::separate), ElementsAre(slice(0, 0, 0, 1)));
}

}  // namespace
}  // namespace mmsgate
