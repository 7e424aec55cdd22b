// SPDX-License-Identifier: Apache-2.0
// The engine with a real store and real threads; the two ways out are the test's.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "gateway/deliveries.hpp"
#include "runtime/system.hpp"
#include "store/sqlite_store.hpp"
#include "support/eventually.hpp"
#include "support/fake_random.hpp"
#include "support/temp_folder.hpp"
#include "support/waiting_queue.hpp"

namespace mmsgate::gateway {

/// A way out whose tries the test answers.
class HandSender final : public Sender {
 public:
  struct Try {
    store::Job job;
    Report report;
  };
  void send(const store::Job& job, Report report) override { tries.push({job, std::move(report)}); }
  testing_support::WaitingQueue<Try> tries;
};

class EngineTest : public testing::Test {
 protected:
  static constexpr const char* kAlice = "100000_alice";
  static constexpr const char* kBob = "100000_bob";

  EngineTest() {
    book_.replace(Directory({{AccountId{kAlice}, Number::parse("5145550100").value(), "101"},
                             {AccountId{kBob}, Number::parse("5145550100").value(), "102"}}));
    // Nothing that a test waits for may come from a timer, unless the test is about timers.
    settings_.phone_policy.first = settings_.carrier_policy.first = std::chrono::minutes(5);
    settings_.phone_policy.longest = settings_.carrier_policy.longest = std::chrono::minutes(5);
  }
  ~EngineTest() override { stop(); }
  /// While what a test adds is still there for the threads.
  void TearDown() override { stop(); }

  void start() {
    auto store = store::open_sqlite({.path = folder_.file("m.sqlite")}, runtime::Log::none());
    ASSERT_TRUE(store) << store.error().detail;
    store_ = std::move(*store);
    loop_ = std::make_unique<runtime::Loop>("gateway");
    work_ = std::make_unique<runtime::Loop>("work");
    deliveries_ = std::make_unique<Deliveries>(world());
    deliveries_->start(phones_, carrier_);
  }
  /// With the settings as they are now.
  World world() {
    settings_book_.replace(settings_);
    return {clock_, random_, *log_, *store_, *loop_, *work_, book_, settings_book_, link_keys_};
  }
  void stop() {
    if (deliveries_) deliveries_->stop();
    if (loop_) loop_->stop();
    if (work_) work_->stop();
    store_.reset();
    deliveries_.reset();
    loop_.reset();
    work_.reset();
  }

  NewMessage message(std::string id, std::vector<std::string> phones) {
    NewMessage row{.provider = "voipms",
                   .provider_id = std::move(id),
                   .own = "5145550100",
                   .peer = "5145550199",
                   .text = "hi",
                   .received_at = clock_.now()};
    for (const std::string& phone : phones) {
      row.deliveries.push_back(
          {.destination = phone, .slice = {.text_bytes = 2}, .call_id = make_call_id(random_, clock_.now())});
    }
    return row;
  }
  NewMessage to_carrier(std::string id) {
    NewMessage row{.direction = Direction::outbound,
                   .provider = "sip",
                   .provider_id = std::move(id),
                   .own = "5145550100",
                   .peer = "5145550199",
                   .account = kAlice,
                   .text = "hi",
                   .subject_id = "subject",
                   .received_at = clock_.now()};
    row.deliveries.push_back({.target = Target::carrier, .destination = "5145550199", .slice = {.text_bytes = 2}});
    return row;
  }
  MessageId accept(NewMessage row) {
    const Target target = row.deliveries.front().target;
    std::promise<MessageId> stored;
    store_->accept({std::move(row)}, [&](Result<store::Accepted> accepted) {
      stored.set_value(accepted ? accepted->ids.front() : MessageId{});
    });
    const MessageId id = stored.get_future().get();
    EXPECT_NE(id.value, 0);
    deliveries_->poke(target);
    return id;
  }
  /// More than this way out is given at once, and hardly any of it goes; in so many conversations. Answers how
  /// many tries are still to be begun or answered.
  int fall_behind(Target target, int conversations = 10'000) {
    std::vector<NewMessage> rows;
    for (int n = 0; n < Backlog::kMany + 2 * settings_.phones_at_once; ++n) {
      rows.push_back(target == Target::phone ? message(std::to_string(n), {kAlice}) : to_carrier(std::to_string(n)));
      rows.back().peer = std::to_string(5145551000 + n % conversations);
      if (target == Target::carrier) rows.back().deliveries.front().destination = rows.back().peer;
    }
    const std::size_t count = rows.size();
    std::promise<void> stored;
    store_->accept(std::move(rows), [&](const Result<store::Accepted>&) { stored.set_value(); });
    stored.get_future().get();
    deliveries_->poke(target);
    HandSender& sender = target == Target::phone ? phones_ : carrier_;
    auto first = sender.tries.pop();
    EXPECT_TRUE(first);
    EXPECT_FALSE(deliveries_->is_behind(target));
    passed_ = passed_.load() + Backlog::kLookEach;
    if (first) first->report.ended({.event = Event::accepted, .reason = "taken"});
    EXPECT_TRUE(testing_support::eventually([this, target] { return deliveries_->is_behind(target); }));
    return static_cast<int>(count) - 1;
  }
  /// So many tries are begun, and each succeeds.
  static void take(HandSender& sender, int count) {
    for (int n = 0; n < count; ++n) {
      auto each = sender.tries.pop();
      ASSERT_TRUE(each) << n;
      each->report.ended({.event = Event::accepted, .reason = "taken"});
    }
  }
  /// Ends what fall_behind() has begun.
  void catch_up(Target target, int count) {
    take(target == Target::phone ? phones_ : carrier_, count);
    EXPECT_TRUE(testing_support::eventually([this, target] { return !deliveries_->is_behind(target); }));
  }
  /// What the store was told before is written, or failed.
  void settle() {
    std::promise<void> written;
    loop_->post([&] { store_->release("nobody", clock_.now(), [&](const Result<int>&) { written.set_value(); }); });
    written.get_future().get();
  }
  /// The state of the message's first delivery, once what was told the store before is written.
  State state_of(MessageId id) {
    settle();
    const auto history = store_->history(id);
    EXPECT_TRUE(history && *history);
    return (*history)->deliveries.front().state;
  }

  testing_support::TempFolder folder_;
  std::atomic<Duration> passed_{Duration::zero()};  ///< More than has really passed.
  runtime::SystemClock clock_{[this] {
    auto reading = runtime::SystemClock::read_kernel();
    reading.wall += passed_.load();
    reading.uptime += passed_.load();
    return reading;
  }};
  testing_support::CountingRandom random_;
  std::shared_ptr<runtime::Log> log_ = runtime::Log::none();
  DirectoryBook book_;
  Settings settings_;
  SettingsBook settings_book_;
  LinkBook link_keys_{media::LinkKeys({.secret = "of this test"})};
  HandSender phones_;
  HandSender carrier_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<runtime::Loop> loop_;
  std::unique_ptr<runtime::Loop> work_;
  std::unique_ptr<Deliveries> deliveries_;
};

}  // namespace mmsgate::gateway
