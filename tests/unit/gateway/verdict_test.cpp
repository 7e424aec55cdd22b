// SPDX-License-Identifier: Apache-2.0
// What answers of the proxy and of the carrier mean, and how a sending is found again in the carrier's log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/carrier_sender.hpp"
#include "gateway/phone_sender.hpp"

namespace mmsgate::gateway {
namespace {

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);  // 2027-01-15 08:00:00 UTC

TEST(SipVerdict, EveryStatusHasOne) {
  for (const int status : {200, 202}) EXPECT_EQ(verdict_of_sip(status, "").event, Event::accepted) << status;
  for (const int status : {400, 413, 415, 488, 513, 603, 606})
    EXPECT_EQ(verdict_of_sip(status, "").event, Event::refused) << status;
  for (const int status : {302, 401, 403, 404, 408, 480, 482, 483, 486, 500, 503, 600}) {
    EXPECT_EQ(verdict_of_sip(status, "").event, Event::postponed) << status;
  }
  EXPECT_TRUE(verdict_of_sip(202, "Accepted").kept) << "its phone may be away";
  EXPECT_FALSE(verdict_of_sip(200, "OK").kept) << "the phone's own word";
  EXPECT_TRUE(verdict_of_sip(403, "Forbidden").slow) << "asking each second does not open a door";
}

TEST(CarrierVerdict, FollowsTheKindOfError) {
  EXPECT_EQ(verdict_of_carrier({ErrorKind::rejected, ""}).event, Event::refused);
  EXPECT_TRUE(verdict_of_carrier({ErrorKind::limit, ""}).slow);
  EXPECT_TRUE(verdict_of_carrier({ErrorKind::auth, ""}).slow);
  EXPECT_TRUE(verdict_of_carrier({ErrorKind::corrupt, ""}).unclear);
  EXPECT_EQ(verdict_of_carrier({ErrorKind::transient, ""}).event, Event::postponed);
  EXPECT_FALSE(verdict_of_carrier({ErrorKind::transient, ""}).unsettled) << "it never left";
  EXPECT_TRUE(verdict_of_carrier({ErrorKind::unanswered, ""}).unsettled);
}

class FindInLog : public testing::Test {
 protected:
  const formats::LoggedMessage* find(std::string known = "") {
    return find_in_log(log_, what_, kNow, [&](const std::string& id) { return id == known; });
  }
  voipms::Sending what_{.did = "5145550100", .to = "5145550199", .text = "hi", .media_urls = {"u"}, .mms = true};
  std::vector<formats::LoggedMessage> log_{
      {.id = "9", .date = "2027-01-15 08:00:30", .text = "hi", .media_urls = {"elsewhere"}}};
};

TEST_F(FindInLog, ByTextTimeAndNumberOfMedia) { EXPECT_EQ(find(), &log_[0]); }
TEST_F(FindInLog, NotWhatAnotherDeliverySent) { EXPECT_EQ(find("9"), nullptr); }
TEST_F(FindInLog, NotWhatWasReceived) {
  log_[0].received = true;
  EXPECT_EQ(find(), nullptr);
}
TEST_F(FindInLog, NotWhatIsOlderThanTheMessage) {
  log_[0].date = "2027-01-15 05:59:59";
  EXPECT_EQ(find(), nullptr);
}
TEST_F(FindInLog, NotOtherWordsNorOtherMedia) {
  what_.text = "ho";
  EXPECT_EQ(find(), nullptr);
  what_.text = "hi";
  what_.media_urls.clear();
  EXPECT_EQ(find(), nullptr);
}

}  // namespace
}  // namespace mmsgate::gateway
