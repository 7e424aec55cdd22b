// SPDX-License-Identifier: Apache-2.0
#include "cli/registrations_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/printable.hpp"

namespace mmsgate::cli {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr TimePoint kNow{seconds(1'795'427'000)};

TEST(Printable, LetsNobodyTalkToTheTerminal) {
  EXPECT_EQ(printable("Linphone/5.1 (Z\xC3\xBCrich)"), "Linphone/5.1 (Z\xC3\xBCrich)");
  EXPECT_EQ(printable("a\x1b[2J\r\n\x7f"), "a?[2J???");
  EXPECT_EQ(printable("a\xC2\x9B"
                      "2J"),
            "a?2J")
      << "the same escape as one character";
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a?b")
      << "writing from right to left";
  EXPECT_EQ(printable("a\x9B"
                      "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(TimeLeft, IsSignedHoursMinutesSeconds) {
  EXPECT_EQ(time_left(seconds(754)), "+00:12:34");
  EXPECT_EQ(time_left(seconds(0)), "+00:00:00");
  EXPECT_EQ(time_left(-seconds(5)), "-00:00:05");
  EXPECT_EQ(time_left(-seconds(360'000)), "-100:00:00");
}

View view() {
  View view{.now = kNow, .registrar = "Flexisip", .accounts = {"100000_alice", "100000_bob", "100000_zoe"}};
  const auto add = [&view](const Registration& one, bool is_listed) {
    view.seen[key_of(one)] = {.registration = one, .is_listed = is_listed};
  };
  add({.account = "100000_bob",
       .domain = "pop.example",
       .device = "1",
       .expires_at = kNow + seconds(754),
       .user_agent = "Linphone\x1b[2J",
       .transport = "tls",
       .push = PushTarget{"fcm", "p", "t"}},
      true);
  add({.account = "100000_bob",
       .domain = "pop.example",
       .device = "2",
       .expires_at = kNow - seconds(5),
       .transport = "tcp",
       .no_push = "the phone's pn-prid is missing"},
      false);
  add({.account = "200000", .domain = "pop.example", .device = "3", .expires_at = std::nullopt, .transport = "udp"},
      false);
  return view;
}

TEST(Table, HasALineAPhoneAndOneForEachAccountThatHasNone) {
  View shown = view();
  shown.woken["100000_bob@pop.example 2"] = {.code = 1, .note = "pushed, exit code 1", .output = "bad\x1b key\nbye"};
  shown.troubles = {"something \x1b is wrong"};
  EXPECT_EQ(
      as_table(shown),
      "ACCOUNT       DOMAIN       EXPIRES AT            IN         STATE           TRANSPORT  PUSH  USER AGENT    "
      "NOTE\n"
      "100000_alice  -            -                     -          not registered  -          -     -\n"
      "100000_bob    pop.example  2026-11-23T09:55:54Z  +00:12:34  registered      tls        fcm   Linphone?[2J\n"
      "100000_bob    pop.example  2026-11-23T09:43:15Z  -00:00:05  expired         tcp        ?     -             "
      "pushed, exit code 1\n"
      "100000_zoe    -            -                     -          not registered  -          -     -\n"
      "200000        pop.example  -                     never      gone            udp        -     -\n"
      "flexisip_pusher said of 100000_bob@pop.example:\n"
      "  bad? key\n"
      "  bye\n"
      "something ? is wrong\n");
  shown.woken.clear();
  EXPECT_THAT(as_table(shown), HasSubstr("the phone's pn-prid is missing\n"));
}

TEST(Json, SaysTheSame) {
  View shown = view();
  shown.next_look = kNow + seconds(30);
  shown.woken["100000_bob@pop.example 2"] = {.note = "not pushed: no key"};
  const auto json = as_json(shown);
  EXPECT_EQ(json["registrar"], "Flexisip");
  EXPECT_EQ(json["phones"].size(), 5U);
  EXPECT_EQ(json["phones"][0], (nlohmann::ordered_json{{"account", "100000_alice"}, {"state", "not registered"}}));
  EXPECT_EQ(json["phones"][1]["seconds_left"], 754);
  EXPECT_EQ(json["phones"][1]["push"], "fcm");
  EXPECT_EQ(json["phones"][2]["no_push"], "the phone's pn-prid is missing");
  EXPECT_TRUE(json["phones"][2]["pushed"]["exit_code"].is_null());
  EXPECT_FALSE(json["phones"][4].contains("expires_at"));
  EXPECT_EQ(json["next_look"], rfc3339(kNow + seconds(30)));
}

}  // namespace
}  // namespace mmsgate::cli
