// SPDX-License-Identifier: Apache-2.0
// What is written to a phone.
#include "gateway/phone_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/mime.hpp"
#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);

class PhoneText : public testing::Test {
 protected:
  PhoneText() {
    settings_.media_base = "https://sms.example.org/mmsmedia";
    job_.call_id = make_call_id(random_, kNow);
    job_.text = "look";
    job_.slice = {.text_bytes = 4, .part_count = 1};
    job_.parts = {
        {.type = "image/png", .name = "a.png", .size = 9, .blob = BlobId::make(random_), .state = PartState::stored}};
  }
  [[nodiscard]] formats::Body body() const { return phone_body(job_, links(kNow), kNow, "sip:5145550199@sip.example"); }
  [[nodiscard]] Links links(TimePoint now) const {
    return {settings_, std::make_shared<media::LinkKeys>(LinkSecret{.secret = "s"}), now};
  }

  testing_support::CountingRandom random_;
  Settings settings_;
  store::Job job_;
};

TEST_F(PhoneText, TheBoundaryIsATokenSoThatNoPhoneFallsOverIt) {
  const formats::Body both = body();
  const auto type = formats::parse_content_type(both.content_type);
  EXPECT_EQ(type.type, "multipart/mixed");
  const std::string boundary = type.parameters.at("boundary");
  EXPECT_THAT(both.content_type, EndsWith("boundary=" + boundary)) << "it needs no quotes";
  EXPECT_EQ(boundary.find_first_not_of("part-0123456789abcdef"), std::string::npos) << boundary;
  const auto parts = formats::parse_multipart(both.bytes, boundary);
  ASSERT_TRUE(parts) << parts.error().detail;
  EXPECT_EQ(parts->size(), 2U);
}

// Predecessor's defect 11: the link was promised for a year, and the file was gone after 90 days.
TEST_F(PhoneText, Defect11_NoLaterTryPromisesMoreThanTheStoreDoes) {
  const TimePoint until = kNow + std::chrono::hours(24);
  job_.parts[0].until = until;
  const formats::Body late = phone_body(job_, links(kNow + std::chrono::hours(23)), kNow + std::chrono::hours(23),
                                        "sip:5145550199@sip.example");
  EXPECT_THAT(late.bytes, HasSubstr("until=\"" + rfc3339(until) + "\""));
}

// It went without any link.
TEST_F(PhoneText, AFileOfAnotherServerGoesByItsLink) {
  job_.parts[0].blob.reset();
  job_.parts[0].source_url = "https://files.example.net/a.png";
  EXPECT_THAT(body().bytes, HasSubstr("url=\"https://files.example.net/a.png\""));
}

TEST_F(PhoneText, AFileThatIsLostIsSaidInWords) {
  job_.parts[0].state = PartState::lost;
  job_.parts[0].reason = "404 Not Found";
  EXPECT_EQ(body().bytes, "look\n[A file of this message could not be fetched: 404 Not Found]");
}

TEST_F(PhoneText, AGroupIsNamed) {
  job_.slice.part_count = 0;
  job_.participants = "5145550101, 5145550102";
  EXPECT_THAT(body().bytes, HasSubstr("also to: 5145550101, 5145550102"));
}

TEST_F(PhoneText, NothingAtAllIsSaidToo) {
  job_.slice = {};
  EXPECT_EQ(body().bytes, "[An empty message]");
}

}  // namespace
}  // namespace mmsgate::gateway
