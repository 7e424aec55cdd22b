// SPDX-License-Identifier: Apache-2.0
// Order: within a lane one after the other, between lanes nobody waits for anybody.
#include <algorithm>

#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::seconds;

class Lanes : public StoreTest {
 protected:
  /// Claims what is due and answers the texts, in order.
  std::vector<std::string> texts(TimePoint now = kNow) {
    const auto claimed = client_->claim(now);
    EXPECT_TRUE(claimed.has_value());
    std::vector<std::string> found;
    for (const Job& job : claimed->jobs) {
      found.push_back(job.text);
      last_ = job.id;
    }
    return found;
  }
  Recorded end(DeliveryId id, Event event, TimePoint now = kNow, std::optional<TimePoint> next_try = {}) {
    const auto recorded = client_->record({.id = id, .event = event, .reason = "said so", .next_try = next_try}, now);
    EXPECT_TRUE(recorded.has_value() && recorded->changed);
    return recorded.value_or(Recorded{});
  }
  using Texts = std::vector<std::string>;
  DeliveryId last_;
};

TEST_F(Lanes, TheNextGoesOnlyWhenTheFirstHasEnded) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from(kPeer, "3")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  EXPECT_EQ(texts(), Texts{});
  end(last_, Event::accepted);
  EXPECT_EQ(texts(), Texts{"text 2"});
  end(last_, Event::refused);
  EXPECT_EQ(texts(), Texts{"text 3"});
  end(last_, Event::expired);
  EXPECT_EQ(texts(), Texts{});
  EXPECT_EQ(store_->counts()->open, 0);
}

TEST_F(Lanes, OneThatIsPostponedHoldsUpItsOwnLaneAndNoOther) {
  static_cast<void>(client_->accept({text_from("5145550111", "a1"), text_from("5145550111", "a2")}));
  EXPECT_EQ(texts(), Texts{"text a1"});
  end(last_, Event::postponed, kNow, kNow + seconds(60));
  static_cast<void>(client_->accept({text_from("5145550111", "a3"), text_from("5145550112", "b1")}));
  EXPECT_EQ(texts(), Texts{"text b1"});
  EXPECT_EQ(texts(kNow + seconds(60)), Texts{"text a1"});
  end(last_, Event::accepted, kNow + seconds(61));
  EXPECT_EQ(texts(kNow + seconds(61)), Texts{"text a2"});
}

TEST_F(Lanes, DestinationsOfOneMessageAreLanesOfTheirOwn) {
  static_cast<void>(client_->accept(
      {text_from(kPeer, "1", {"123456_bob", "123456_alice"}), text_from(kPeer, "2", {"123456_bob", "123456_alice"})}));
  const auto first = client_->claim();
  ASSERT_EQ(first->jobs.size(), 2U);
  end(first->jobs[1].id, Event::accepted);
  const auto second = client_->claim();
  ASSERT_EQ(second->jobs.size(), 1U);
  EXPECT_EQ(second->jobs[0].destination, first->jobs[1].destination);
  EXPECT_EQ(second->jobs[0].text, "text 2");
}

TEST_F(Lanes, OurNumbersAreLanesOfTheirOwn) {
  NewMessage other = text_from(kPeer, "2");
  other.own = "5145550101";
  static_cast<void>(client_->accept({text_from(kPeer, "1"), other}));
  EXPECT_EQ(client_->claim_ids().size(), 2U);
}

TEST_F(Lanes, TicksWaitForNoMessageAndNoMessageForThem) {
  NewMessage tick = text_from(kPeer, "2");
  tick.kind = Kind::receipt;
  static_cast<void>(client_->accept({text_from(kPeer, "1"), tick, text_from(kPeer, "3")}));
  EXPECT_EQ(texts(), (Texts{"text 1", "text 2"}));
}

TEST_F(Lanes, NoticesKeepTheirPlaceAmongMessages) {
  NewMessage notice = text_from(kPeer, "2");
  notice.kind = Kind::notice;
  static_cast<void>(client_->accept({text_from(kPeer, "1"), notice}));
  EXPECT_EQ(texts(), Texts{"text 1"});
}

TEST_F(Lanes, FreedEarlyTheNextGoesWhileTheFirstIsStillUnderWay) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from(kPeer, "3")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  const DeliveryId first = last_;
  EXPECT_EQ(client_->free_lane(first), true);
  EXPECT_EQ(texts(), Texts{"text 2"});
  const DeliveryId second = last_;
  // The first one's end frees nothing a second time: the third waits for the second.
  end(first, Event::accepted);
  EXPECT_EQ(texts(), Texts{});
  end(second, Event::accepted);
  EXPECT_EQ(texts(), Texts{"text 3"});
}

TEST_F(Lanes, FreeingTwiceOrTooLateFreesNothing) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from(kPeer, "3")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  const DeliveryId first = last_;
  EXPECT_EQ(client_->free_lane(first), true);
  EXPECT_EQ(client_->free_lane(first), false);
  end(first, Event::accepted);
  EXPECT_EQ(client_->free_lane(first), false);
  EXPECT_EQ(client_->free_lane(DeliveryId{999}), false);
  EXPECT_EQ(texts(), Texts{"text 2"});
}

TEST_F(Lanes, OneThatIsNotUnderWayCannotBeFreed) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  end(last_, Event::postponed, kNow, kNow + seconds(5));
  EXPECT_EQ(client_->free_lane(last_), false);
  EXPECT_EQ(texts(), Texts{});
}

TEST_F(Lanes, OneThatHasLeftItsLaneAndIsPostponedGoesBeforeWhatHasNotGoneYet) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from(kPeer, "3")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  const DeliveryId first = last_;
  EXPECT_EQ(client_->free_lane(first), true);
  end(first, Event::postponed, kNow, kNow + seconds(10));
  EXPECT_EQ(texts(), Texts{});  // the second steps back for it
  EXPECT_EQ(texts(kNow + seconds(10)), Texts{"text 1"});
  end(last_, Event::accepted, kNow + seconds(11));
  EXPECT_EQ(texts(kNow + seconds(11)), Texts{"text 2"});
  end(last_, Event::accepted, kNow + seconds(12));
  EXPECT_EQ(texts(kNow + seconds(12)), Texts{"text 3"});
}

TEST_F(Lanes, OneThatHasLeftItsLaneAndIsPostponedDoesNotWaitBeforeWhatIsUnderWay) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from(kPeer, "3")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  const DeliveryId first = last_;
  EXPECT_EQ(client_->free_lane(first), true);
  EXPECT_EQ(texts(), Texts{"text 2"});
  const DeliveryId second = last_;
  end(first, Event::postponed, kNow, kNow + seconds(10));
  EXPECT_EQ(texts(kNow + seconds(10)), Texts{});
  end(second, Event::accepted, kNow + seconds(11));
  EXPECT_EQ(texts(kNow + seconds(11)), Texts{"text 1"});
  end(last_, Event::accepted, kNow + seconds(12));
  EXPECT_EQ(texts(kNow + seconds(12)), Texts{"text 3"});
}

TEST_F(Lanes, AllThatWereUnderWayAndArePostponedGoInOrderWhateverEndedFirst) {
  for (const bool is_first_last : {false, true}) {
    Texts wanted;
    std::vector<NewMessage> messages;
    for (const char* name : {"1", "2", "3", "4", "5"}) {
      messages.push_back(text_from(kPeer, name + std::string(is_first_last ? "b" : "a")));
      wanted.push_back(messages.back().text);
    }
    static_cast<void>(client_->accept(std::move(messages)));
    std::vector<DeliveryId> under_way;
    for (int i = 0; i < 4; ++i) {  // the fourth holds the lane, the fifth waits
      ASSERT_EQ(texts(), Texts{wanted[static_cast<std::size_t>(i)]});
      under_way.push_back(last_);
      if (i < 3) {
        EXPECT_EQ(client_->free_lane(last_), true);
      }
    }
    if (is_first_last) std::ranges::reverse(under_way);
    for (const DeliveryId id : under_way) end(id, Event::postponed, kNow, kNow + seconds(2));
    Texts sent;
    for (Texts now = texts(kNow + seconds(2)); !now.empty(); now = texts(kNow + seconds(2))) {
      ASSERT_EQ(now.size(), 1U);
      sent.push_back(now[0]);
      end(last_, Event::accepted);
    }
    EXPECT_EQ(sent, wanted);
  }
}

TEST_F(Lanes, HeldByAPersonTheFirstLetsTheNextGo) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  const DeliveryId first = last_;
  end(first, Event::postponed, kNow, kNow + seconds(10));
  end(first, Event::held);
  EXPECT_EQ(texts(), Texts{"text 2"});
  EXPECT_EQ(texts(kNow + seconds(10)), Texts{});  // held has no time
}

TEST_F(Lanes, OneHeldWhileItWaitsBehindLeavesTheOthersInOrder) {
  std::vector<DeliveryId> ids;
  for (const char* name : {"1", "2", "3"}) {
    ids.push_back(history(client_->accept_one(text_from(kPeer, name))).deliveries.at(0).id);
  }
  end(ids[1], Event::held);
  EXPECT_EQ(texts(), Texts{"text 1"});
  end(last_, Event::accepted);
  EXPECT_EQ(texts(), Texts{"text 3"});
}

TEST_F(Lanes, AReceiptForOneThatIsPostponedFreesTheLane) {
  const NewMessage message = text_from(kPeer, "1");
  static_cast<void>(client_->accept({message, text_from(kPeer, "2")}));
  EXPECT_EQ(texts(), Texts{"text 1"});
  end(last_, Event::postponed, kNow, kNow + seconds(10));
  const auto delivered = client_->receipt(message.deliveries[0].call_id, kBob);
  ASSERT_TRUE(delivered.has_value() && delivered->changed);
  EXPECT_EQ(texts(), Texts{"text 2"});
  EXPECT_EQ(texts(kNow + seconds(10)), Texts{});  // the first is not tried again
}

TEST_F(Lanes, HundredsBehindOneAreSentInOrder) {
  constexpr int kMany = 300;
  std::vector<NewMessage> messages;
  Texts expected;
  for (int i = 0; i < kMany; ++i) {
    messages.push_back(text_from(kPeer, std::to_string(i)));
    expected.push_back(messages.back().text);
  }
  static_cast<void>(client_->accept(std::move(messages)));
  Texts sent;
  for (Texts now = texts(); !now.empty(); now = texts()) {
    ASSERT_EQ(now.size(), 1U);
    sent.push_back(now[0]);
    end(last_, Event::accepted);
  }
  EXPECT_EQ(sent, expected);
}

}  // namespace
}  // namespace mmsgate::store::kit
