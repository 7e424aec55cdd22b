// SPDX-License-Identifier: Apache-2.0
// Parts: fetched when due, and what carries them waits until they are settled.
#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::seconds;

class Media : public StoreTest {
 protected:
  Fetch fetch_one(TimePoint now = kNow) {
    const auto claimed = client_->claim_fetches(now);
    EXPECT_TRUE(claimed.has_value());
    EXPECT_EQ(claimed->fetches.size(), 1U);
    return claimed->fetches.empty() ? Fetch{} : claimed->fetches[0];
  }
};

TEST_F(Media, AWantedPartIsClaimedOnceWithAllThatFetchingNeeds) {
  NewMessage message = text_from(kPeer, "1");
  add_picture(message, "https://carrier.example/1.png");
  message.parts[0].type = "image/png";
  message.parts[0].name = "cat";
  const MessageId id = client_->accept_one(message);
  const Fetch fetch = fetch_one();
  EXPECT_EQ(fetch.message, id);
  EXPECT_EQ(fetch.url, "https://carrier.example/1.png");
  EXPECT_EQ(fetch.type, "image/png");
  EXPECT_EQ(fetch.name, "cat");
  EXPECT_EQ(fetch.tries, 1);
  EXPECT_EQ(fetch.accepted_at, kNow);
  EXPECT_TRUE(client_->claim_fetches()->fetches.empty());
}

TEST_F(Media, NotMoreThanAskedAndTheTimeOfTheNext) {
  NewMessage message = text_from(kPeer, "1");
  for (const char* url : {"https://a/1", "https://a/2", "https://a/3"}) add_picture(message, url);
  static_cast<void>(client_->accept_one(message));
  const auto claimed = client_->claim_fetches(kNow, 2);
  ASSERT_EQ(claimed->fetches.size(), 2U);
  EXPECT_EQ(claimed->fetches[0].url, "https://a/1");
  EXPECT_EQ(claimed->next_due, kNow);
  EXPECT_TRUE(client_->claim_fetches(kNow, -1)->fetches.empty());
}

TEST_F(Media, TheDeliveryWaitsForTheLastPartAndThenHasIt) {
  NewMessage message = text_from(kPeer, "1");
  add_picture(message, "https://a/1");
  add_picture(message, "https://a/2");
  static_cast<void>(client_->accept_one(message));
  EXPECT_TRUE(client_->claim_ids().empty());
  const auto fetches = client_->claim_fetches();
  ASSERT_EQ(fetches->fetches.size(), 2U);
  EXPECT_EQ(client_->record_part({.id = fetches->fetches[0].id, .blob = make_blob('a')}), true);
  EXPECT_TRUE(client_->claim_ids().empty());
  EXPECT_EQ(client_->record_part({.id = fetches->fetches[1].id, .reason = "404"}), true);

  const auto claimed = client_->claim();
  ASSERT_EQ(claimed->jobs.size(), 1U);
  EXPECT_EQ(claimed->jobs[0].parts.at(0).until, make_blob('a').until);
  const auto& parts = claimed->jobs[0].parts;
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].state, PartState::stored);
  EXPECT_EQ(parts[0].blob, make_blob('a').id);
  EXPECT_EQ(parts[0].type, "image/png");
  EXPECT_EQ(parts[0].name, "cat.png");
  EXPECT_EQ(parts[0].size, 1234U);
  EXPECT_EQ(parts[1].state, PartState::lost);
  EXPECT_EQ(parts[1].reason, "404");
  EXPECT_EQ(parts[1].blob, std::nullopt);
  const auto blob = store_->find_blob(make_blob('a').id);
  ASSERT_TRUE(blob.has_value() && blob->has_value());
  EXPECT_EQ((*blob)->sha256, std::string(64, 'a'));
}

TEST_F(Media, APostponedPartIsClaimedAgainAtItsTime) {
  NewMessage message = text_from(kPeer, "1");
  add_picture(message, "https://a/1");
  const MessageId id = client_->accept_one(message);
  EXPECT_EQ(client_->record_part({.id = fetch_one().id, .next_try = kNow + seconds(7), .reason = "503"}), true);
  const auto early = client_->claim_fetches(kNow + seconds(6));
  EXPECT_TRUE(early->fetches.empty());
  EXPECT_EQ(early->next_due, kNow + seconds(7));
  EXPECT_TRUE(client_->claim_ids(kNow + seconds(6)).empty());
  EXPECT_EQ(fetch_one(kNow + seconds(7)).tries, 2);
  EXPECT_EQ(history(id).events.back().reason, "503");
}

TEST_F(Media, ASettledPartCannotBeSettledAgain) {
  NewMessage message = text_from(kPeer, "1");
  add_picture(message, "https://a/1");
  static_cast<void>(client_->accept_one(message));
  const Fetch fetch = fetch_one();
  EXPECT_EQ(client_->record_part({.id = fetch.id, .reason = "gone"}), true);
  EXPECT_EQ(client_->record_part({.id = fetch.id, .blob = make_blob('b')}), false);
  EXPECT_EQ(client_->record_part({.id = PartId{999}, .blob = make_blob('b')}), false);
  EXPECT_EQ(*store_->find_blob(make_blob('b').id), std::nullopt);
}

TEST_F(Media, TheTextGoesAheadOfItsPicturesWhereTheyAreSeparate) {
  NewMessage message = text_from(kPeer, "1");
  message.parts.push_back({.source_url = "https://a/1"});
  NewDelivery picture = message.deliveries[0];
  picture.slice = {.first_part = 0, .part_count = 1};
  picture.call_id = "picture@mmsgate";
  message.deliveries.push_back(picture);
  static_cast<void>(client_->accept({message, text_from(kPeer, "2")}));

  const auto text = client_->claim();
  ASSERT_EQ(text->jobs.size(), 1U);
  EXPECT_EQ(text->jobs[0].slice.part_count, 0);
  static_cast<void>(client_->record({.id = text->jobs[0].id, .event = Event::accepted}));
  EXPECT_TRUE(client_->claim_ids().empty());  // neither the picture nor what comes behind it
  EXPECT_EQ(client_->record_part({.id = fetch_one().id, .blob = make_blob('a')}), true);
  const auto late = client_->claim();
  ASSERT_EQ(late->jobs.size(), 1U);
  EXPECT_EQ(late->jobs[0].call_id, "picture@mmsgate");
}

TEST_F(Media, WhatWaitsForItsTurnIsNotDueWhenItsFilesCome) {
  NewMessage with_picture = text_from(kPeer, "2");
  add_picture(with_picture, "https://a/1");
  static_cast<void>(client_->accept({text_from(kPeer, "1"), with_picture}));
  EXPECT_EQ(client_->record_part({.id = fetch_one().id, .blob = make_blob('a')}), true);
  const auto first = client_->claim();
  ASSERT_EQ(first->jobs.size(), 1U);
  EXPECT_EQ(first->jobs[0].text, "text 1");
  static_cast<void>(client_->record({.id = first->jobs[0].id, .event = Event::accepted}));
  EXPECT_EQ(client_->claim_ids().size(), 1U);
}

TEST_F(Media, WhatGetsItsTurnStillWaitsForItsFiles) {
  NewMessage with_picture = text_from(kPeer, "2");
  add_picture(with_picture, "https://a/1");
  static_cast<void>(client_->accept({text_from(kPeer, "1"), with_picture}));
  const auto first = client_->claim_ids();
  ASSERT_EQ(first.size(), 1U);
  static_cast<void>(client_->record({.id = first[0], .event = Event::accepted}));
  EXPECT_TRUE(client_->claim_ids().empty());
  EXPECT_EQ(client_->record_part({.id = fetch_one().id, .blob = make_blob('a')}, kNow + seconds(1)), true);
  EXPECT_EQ(client_->claim_ids(kNow + seconds(1)).size(), 1U);
}

TEST_F(Media, WhatAPersonHeldMeanwhileStaysHeldWhenItsFilesCome) {
  NewMessage message = text_from(kPeer, "1");
  add_picture(message, "https://a/1");
  const MessageId id = client_->accept_one(message);
  static_cast<void>(client_->record({.id = history(id).deliveries.at(0).id, .event = Event::held}));
  EXPECT_EQ(client_->record_part({.id = fetch_one().id, .blob = make_blob('a')}), true);
  EXPECT_TRUE(client_->claim_ids().empty());
  EXPECT_EQ(client_->replay(id), 1);
  EXPECT_EQ(client_->claim_ids().size(), 1U);
}

TEST_F(Media, PartsThatAPhoneUploadedAreNotWaitedFor) {
  NewMessage message = text_to(kPeer, "1");
  message.parts.push_back({.blob = make_blob('a').id, .state = PartState::stored});
  message.deliveries[0].slice.part_count = 1;
  static_cast<void>(client_->accept_one(message));
  EXPECT_TRUE(client_->claim_fetches()->fetches.empty());
  EXPECT_EQ(client_->claim_ids(kNow, Target::carrier).size(), 1U);
}

TEST_F(Media, AFetchThatWasCutOffIsDueAgain) {
  NewMessage message = text_from(kPeer, "1");
  add_picture(message, "https://a/1");
  static_cast<void>(client_->accept_one(message));
  static_cast<void>(fetch_one());
  reopen();
  EXPECT_TRUE(client_->claim_fetches()->fetches.empty());
  EXPECT_EQ(client_->recover(), 0);  // counts deliveries
  EXPECT_EQ(fetch_one().tries, 2);
}

}  // namespace
}  // namespace mmsgate::store::kit
