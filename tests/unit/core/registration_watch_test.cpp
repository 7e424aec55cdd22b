// SPDX-License-Identifier: Apache-2.0
#include "core/registration_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kNoon{seconds(1'800'000'000)};

Registration phone(const std::string& account, std::optional<TimePoint> expires_at, const std::string& device = "one") {
  return {.account = account, .domain = "pop.example", .device = device, .expires_at = expires_at};
}

/// Looks on a clock that the test sets.
class Watch : public testing::Test {
 protected:
  WatchPlan look(TimePoint now, std::vector<Registration> listed) {
    return keep(plan_watch(seen_, &listed, now, times_));
  }
  WatchPlan look_in_vain(TimePoint now) { return keep(plan_watch(seen_, nullptr, now, times_)); }

  WatchOptions times_;

 private:
  WatchPlan keep(WatchPlan plan) {
    seen_ = plan.seen;
    return plan;
  }
  Sightings seen_;
};

const std::string kBob = "bob@pop.example one";

TEST_F(Watch, LooksAWhileBeforeTheNextOneExpires) {
  const auto plan = look(kNoon, {phone("bob", kNoon + seconds(1000)), phone("eve", kNoon + seconds(2000))});
  EXPECT_EQ(plan.next_look, kNoon + seconds(1000 - 120));
  EXPECT_THAT(plan.due, IsEmpty());
}

TEST_F(Watch, LooksNotTooOftenWhileSomebodyExpires) {
  EXPECT_EQ(look(kNoon, {phone("bob", kNoon + seconds(130))}).next_look, kNoon + seconds(30));
  EXPECT_EQ(look(kNoon, {phone("bob", kNoon - seconds(10))}).next_look, kNoon + seconds(30));
}

TEST_F(Watch, LooksAfterTheLongestTimeWhoeverIsThere) {
  constexpr auto kAnHourLessTheCheck = seconds(3600 - 120);
  EXPECT_EQ(look(kNoon, {}).next_look, kNoon + kAnHourLessTheCheck);
  EXPECT_EQ(look(kNoon, {phone("bob", std::nullopt)}).next_look, kNoon + kAnHourLessTheCheck) << "never expires";
  EXPECT_EQ(look(kNoon, {phone("bob", kNoon + seconds(600'000))}).next_look, kNoon + kAnHourLessTheCheck);
  times_.longest = seconds(10);
  EXPECT_EQ(look(kNoon, {}).next_look, kNoon + seconds(10)) << "the longest time is the last word";
}

TEST_F(Watch, WhoIsOverIsShownUntilHeIsForgotten) {
  const TimePoint end = kNoon + seconds(60);
  look(kNoon, {phone("bob", end)});
  auto plan = look(end, {});
  ASSERT_TRUE(plan.seen.contains(kBob)) << "he is over now, and not listed any more";
  EXPECT_FALSE(plan.seen.at(kBob).is_listed);
  EXPECT_TRUE(look(end + seconds(119), {}).seen.contains(kBob));
  EXPECT_THAT(look(end + seconds(120), {}).seen, IsEmpty());
}

TEST_F(Watch, WhoIsStillListedIsNotForgotten) {
  const TimePoint end = kNoon - seconds(5000);
  EXPECT_THAT(look(kNoon, {phone("bob", end)}).due, ElementsAre(kBob));
  const auto plan = look(kNoon + seconds(30), {phone("bob", end)});
  EXPECT_TRUE(plan.seen.contains(kBob));
  EXPECT_THAT(plan.due, IsEmpty()) << "or he would be woken at each look";
}

TEST_F(Watch, WhoLeftBeforeHisTimeIsShownAsGoneAndIsDueWhenItIsOver) {
  look(kNoon, {phone("bob", kNoon + seconds(60))});
  auto plan = look(kNoon + seconds(30), {});
  EXPECT_FALSE(plan.seen.at(kBob).is_listed);
  EXPECT_THAT(plan.due, IsEmpty());
  EXPECT_THAT(look(kNoon + seconds(60), {}).due, ElementsAre(kBob));
}

TEST_F(Watch, EachExpiryIsDueOnce) {
  look(kNoon, {phone("bob", kNoon + seconds(60))});
  EXPECT_THAT(look(kNoon + seconds(60), {}).due, ElementsAre(kBob));
  EXPECT_THAT(look(kNoon + seconds(90), {}).due, IsEmpty());
  EXPECT_THAT(look(kNoon + seconds(100), {phone("bob", kNoon + seconds(200))}).due, IsEmpty()) << "he is back";
  EXPECT_THAT(look(kNoon + seconds(200), {}).due, ElementsAre(kBob)) << "another expiry";
}

TEST_F(Watch, TheDevicesOfAnAccountAreToldApart) {
  const auto plan = look(kNoon, {phone("bob", kNoon - seconds(1), "one"), phone("bob", kNoon + seconds(900), "two")});
  EXPECT_EQ(plan.seen.size(), 2U);
  EXPECT_THAT(plan.due, ElementsAre(kBob));
}

TEST_F(Watch, WhileNobodyCanBeAskedNobodyIsDueOrForgotten) {
  look(kNoon, {phone("bob", kNoon + seconds(60))});
  const TimePoint later = kNoon + seconds(5000);
  auto plan = look_in_vain(later);
  EXPECT_TRUE(plan.seen.contains(kBob));
  EXPECT_THAT(plan.due, IsEmpty()) << "perhaps he is back, and nobody could say so";
  EXPECT_EQ(plan.next_look, later + seconds(30));
  EXPECT_THAT(look(later + seconds(30), {}).due, ElementsAre(kBob)) << "however long it was";
  EXPECT_THAT(look(later + seconds(60), {}).seen, IsEmpty());
}

}  // namespace
}  // namespace mmsgate
