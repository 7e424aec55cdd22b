// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <filesystem>

#include "component/gateway/engine_fixture.hpp"

namespace mmsgate::gateway {
namespace {

// Predecessor's defect 15: delivery waited for a poll of up to ten seconds. No timer of this test is that short.
TEST_F(EngineTest, Defect15_ANewMessageGoesToEachPhoneAtOnce) {
  start();
  const MessageId id = accept(message("1", {kAlice, kBob}));
  auto first = phones_.tries.pop();
  auto second = phones_.tries.pop();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->job.destination, second->job.destination);
  EXPECT_EQ(first->job.tries, 1);
  first->report.ended({.event = Event::accepted, .reason = "202"});
  second->report.ended({.event = Event::accepted, .reason = "202"});
  EXPECT_EQ(state_of(id), State::accepted);
}

TEST_F(EngineTest, OrderIsKeptInAConversationAndOthersDoNotWait) {
  start();
  accept(message("1", {kAlice}));
  auto first = phones_.tries.pop();
  ASSERT_TRUE(first);
  accept(message("2", {kAlice}));
  accept(message("3", {kBob}));
  const auto other = phones_.tries.pop();
  ASSERT_TRUE(other);
  EXPECT_EQ(other->job.destination, kBob) << "the second to Alice waits for the first";
  first->report.ended({.event = Event::accepted});
  const auto second = phones_.tries.pop();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->job.destination, kAlice);
}

TEST_F(EngineTest, TheNextMayGoWhenTheProxyHasItInHand) {
  start();
  const MessageId id = accept(message("1", {kAlice}));
  auto first = phones_.tries.pop();
  ASSERT_TRUE(first);
  accept(message("2", {kAlice}));
  first->report.in_hand();
  EXPECT_TRUE(phones_.tries.pop()) << "though the first has no final answer";
  first->report.ended({.event = Event::accepted});
  EXPECT_EQ(state_of(id), State::accepted);
}

TEST_F(EngineTest, APhoneThatRegistersIsTriedAtOnceWithTheSameCallId) {
  start();
  accept(message("1", {kAlice}));
  auto first = phones_.tries.pop();
  ASSERT_TRUE(first);
  first->report.ended({.event = Event::postponed, .reason = "not registered"});
  deliveries_->on_registered(kAlice);
  const auto second = phones_.tries.pop();
  ASSERT_TRUE(second) << "the timer stands at five minutes";
  EXPECT_EQ(second->job.tries, 2);
  EXPECT_EQ(second->job.call_id, first->job.call_id);
}

TEST_F(EngineTest, APhoneThatRegistersWhileItIsBeingRefusedIsNotForgotten) {
  start();
  accept(message("1", {kAlice}));
  auto first = phones_.tries.pop();
  ASSERT_TRUE(first);
  deliveries_->on_registered(kAlice);
  first->report.ended({.event = Event::postponed, .reason = "not registered"});
  EXPECT_TRUE(phones_.tries.pop());
}

// The adversary: each REGISTER and each "is typing" was a look of its own in the store's queue, which has no end.
TEST_F(EngineTest, HoweverOftenAPhoneRegistersTheStoreHasOneLookForIt) {
  start();
  std::atomic<int> looks = 0;  // each is told the time, and nothing else here asks for it
  const runtime::SystemClock counting([&looks] {
    ++looks;
    return runtime::SystemClock::read_kernel();
  });
  Deliveries counted({counting, random_, *log_, *store_, *loop_, *work_, book_, settings_book_, link_keys_});
  const int before = looks;
  std::promise<void> disk;
  store_->turn([works = disk.get_future().share()](const Result<bool>&) { works.wait(); });
  for (int n = 0; n < 10'000; ++n) {
    counted.on_registered(kAlice);
    counted.on_registered(kBob);
    counted.on_registered("100000_mallory");
  }
  std::promise<void> heard;
  loop_->post([&heard] { heard.set_value(); });
  heard.get_future().wait();
  EXPECT_EQ(looks - before, 2) << "one for each account of ours";
  disk.set_value();
  // The first answers, what that starts, and its answer.
  for (int round = 0; round < 3; ++round) settle();
  EXPECT_EQ(looks - before, 4) << "and one after it, for all that came meanwhile";
  deliveries_->stop();
  loop_->stop();
}

TEST_F(EngineTest, APhoneThatRegistersDuringALookForItIsLookedForAgain) {
  start();
  accept(message("1", {kAlice}));
  auto first = phones_.tries.pop();
  ASSERT_TRUE(first);
  std::promise<void> disk;
  std::promise<void> held;
  deliveries_->on_registered(kAlice);  // a look that finds nothing
  std::promise<void> asked;
  loop_->post([&asked] { asked.set_value(); });
  asked.get_future().wait();
  store_->turn([&held, works = disk.get_future().share()](const Result<bool>&) {
    held.set_value();
    works.wait();
  });
  held.get_future().wait();
  deliveries_->on_registered(kAlice);
  first->report.ended({.event = Event::postponed, .reason = "not registered"});
  deliveries_->on_registered(kAlice);
  disk.set_value();
  const auto second = phones_.tries.pop();
  ASSERT_TRUE(second) << "the timer stands at five minutes";
  EXPECT_EQ(second->job.tries, 2);
}

TEST_F(EngineTest, WhenMoreWaitsThanCanBeSentItSaysSoUntilThatIsOver) {
  start();
  EXPECT_FALSE(deliveries_->is_behind(Target::phone));
  const int waiting = fall_behind(Target::phone);
  EXPECT_FALSE(deliveries_->is_behind(Target::carrier)) << "each way out has its own";
  catch_up(Target::phone, waiting);
}

// Only the first of a conversation is due; the others wait behind it, and count all the same.
TEST_F(EngineTest, LongConversationsAreACrowdToo) {
  start();
  catch_up(Target::carrier, fall_behind(Target::carrier, 200));
}

TEST_F(EngineTest, ATimerTriesAgain) {
  settings_.phone_policy.first = std::chrono::milliseconds(1);
  start();
  accept(message("1", {kAlice}));
  for (int tries = 1; tries <= 4; ++tries) {
    auto each = phones_.tries.pop();
    ASSERT_TRUE(each);
    EXPECT_EQ(each->job.tries, tries);
    each->report.ended({.event = Event::postponed, .reason = "503"});
  }
}

// Predecessor's defect 13: no end to retries, no dead letter, no way to see a stuck message.
TEST_F(EngineTest, Defect13_WhatIsTooOldDiesIsVisibleAndItsSenderIsTold) {
  settings_.carrier_policy.give_up_after = Duration(0);
  start();
  const MessageId id = accept(to_carrier("1"));
  auto only = carrier_.tries.pop();
  ASSERT_TRUE(only);
  only->report.ended({.event = Event::postponed, .reason = "no network"});
  const auto one = phones_.tries.pop();
  const auto two = phones_.tries.pop();
  ASSERT_TRUE(one && two);
  EXPECT_EQ(state_of(id), State::dead);
  const auto listed = store_->list(10, false);
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->back().states, "1 dead");
  EXPECT_EQ(store_->counts()->dead, 1);
  for (const auto* news : {&*one, &*two}) {
    EXPECT_EQ(news->job.destination, kAlice);
    const bool is_notice = news->job.kind == Kind::notice;
    EXPECT_EQ(news->job.text, is_notice ? "Not delivered to 5145550199: no network" : "error");
  }
}

TEST_F(EngineTest, WhatNobodyHasDocumentedIsNotTriedForDays) {
  settings_.carrier_policy.first = std::chrono::milliseconds(1);
  settings_.carrier_policy.tries_when_unclear = 3;
  start();
  const MessageId id = accept(to_carrier("1"));
  for (int tries = 1; tries <= 3; ++tries) {
    auto each = carrier_.tries.pop();
    ASSERT_TRUE(each);
    each->report.ended({.event = Event::postponed, .reason = "VoIP.ms answered \"what_is_this\"", .unclear = true});
  }
  ASSERT_TRUE(phones_.tries.pop());
  EXPECT_EQ(state_of(id), State::failed);
}

TEST_F(EngineTest, TheCarriersYesReachesThePhoneAsATick) {
  start();
  accept(to_carrier("1"));
  auto sending = carrier_.tries.pop();
  ASSERT_TRUE(sending);
  sending->report.ended({.event = Event::accepted, .result_id = "23434"});
  const auto tick = phones_.tries.pop();
  ASSERT_TRUE(tick);
  EXPECT_EQ(tick->job.kind, Kind::receipt);
  EXPECT_EQ(tick->job.subject_id, "subject");
  EXPECT_TRUE(store_->has_result("23434").value_or(false));
}

TEST_F(EngineTest, AReceiptOfTheHandsetEndsADelivery) {
  start();
  const MessageId id = accept(message("1", {kAlice}));
  auto sending = phones_.tries.pop();
  ASSERT_TRUE(sending);
  sending->report.ended({.event = Event::accepted});
  std::promise<bool> changed;
  deliveries_->on_receipt({.call_id = sending->job.call_id, .account = kAlice},
                          [&](const Result<bool>& r) { changed.set_value(r.value_or(false)); });
  EXPECT_TRUE(changed.get_future().get());
  EXPECT_EQ(state_of(id), State::delivered);
}

// Predecessor's defect 3: a SIP result was matched by destination, so that another message could be marked.
TEST_F(EngineTest, Defect03_AResultBelongsToItsDeliveryAlone) {
  start();
  const MessageId first = accept(message("1", {kAlice}));
  auto one = phones_.tries.pop();
  ASSERT_TRUE(one);
  one->report.in_hand();
  const MessageId second = accept(message("2", {kAlice}));
  auto two = phones_.tries.pop();
  ASSERT_TRUE(two);
  two->report.ended({.event = Event::accepted});
  EXPECT_EQ(state_of(second), State::accepted);
  EXPECT_EQ(state_of(first), State::sending);
}

TEST_F(EngineTest, WhatWasUnderWayAtTheLastStopIsTriedAgain) {
  start();
  accept(message("1", {kAlice}));
  const auto first = phones_.tries.pop();
  ASSERT_TRUE(first);
  stop();
  start();
  const auto again = phones_.tries.pop();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->job.interrupted);
  EXPECT_EQ(again->job.call_id, first->job.call_id);
}

// The carrier's log was asked seconds after a call was cut off, while the carrier was still at it: a second message
// went.
TEST_F(EngineTest, ACallWithoutAnAnswerIsGivenTimeToEnd) {
  settings_.carrier_policy.first = std::chrono::milliseconds(1);
  settings_.carrier_settles = std::chrono::minutes(2);
  start();
  const MessageId id = accept(to_carrier("1"));
  auto first = carrier_.tries.pop();
  ASSERT_TRUE(first);
  const TimePoint before = clock_.now();
  first->report.ended({.event = Event::postponed, .reason = "no answer", .unsettled = true});
  ASSERT_EQ(state_of(id), State::deferred);
  const auto history = store_->history(id);
  EXPECT_GE(history->value().deliveries.front().next_try.value(), before + std::chrono::minutes(2));
}

TEST_F(EngineTest, NoMoreAtOnceThanAllowed) {
  settings_.phones_at_once = 2;
  start();
  for (int i = 0; i < 3; ++i) {
    NewMessage row = message(std::to_string(i), {kAlice});
    row.peer = "514555018" + std::to_string(i);
    accept(std::move(row));
  }
  auto one = phones_.tries.pop();
  auto two = phones_.tries.pop();
  ASSERT_TRUE(one && two);
  EXPECT_EQ(phones_.tries.size(), 0U);
  one->report.ended({.event = Event::accepted});
  EXPECT_TRUE(phones_.tries.pop());
}

TEST_F(EngineTest, AFormerLifeOfTheProxyIsNotWrittenDownAfterALaterOne) {
  start();
  deliveries_->on_proxy("first");
  const MessageId id = accept(message("1", {kAlice}));
  const auto sent_and_kept = [this] {
    auto each = phones_.tries.pop();
    ASSERT_TRUE(each);
    each->report.ended({.event = Event::accepted, .reason = "202", .kept = true});
  };
  sent_and_kept();
  EXPECT_EQ(state_of(id), State::accepted);
  std::filesystem::rename(folder_.file("m.sqlite"), folder_.file("elsewhere.sqlite"));
  deliveries_->on_proxy("second");
  settle();
  std::filesystem::rename(folder_.file("elsewhere.sqlite"), folder_.file("m.sqlite"));
  deliveries_->on_proxy("third");
  sent_and_kept();
  EXPECT_EQ(state_of(id), State::accepted);
  // A timer that was set later and stands longer comes after the one for the second life.
  std::promise<void> later;
  loop_->post_after(std::chrono::milliseconds(1100), [&] { later.set_value(); });
  later.get_future().get();
  EXPECT_EQ(state_of(id), State::accepted);
  EXPECT_EQ(phones_.tries.size(), 0U);
}

}  // namespace
}  // namespace mmsgate::gateway
