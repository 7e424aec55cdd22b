// SPDX-License-Identifier: Apache-2.0
// What is no longer needed goes; what is still on its way stays.
#include <gmock/gmock.h>

#include "component/store/kit.hpp"
#include "component/store/sql.hpp"

namespace mmsgate::store::kit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr auto kDay = std::chrono::hours(24);

class RetentionTest : public StoreTest {
 protected:
  Blob add(char digit, TimePoint until) {
    Blob blob = make_blob(digit);
    blob.until = until;
    EXPECT_TRUE(client_->add_blob(blob));
    return blob;
  }
  [[nodiscard]] std::vector<std::string> expired(TimePoint now = kNow) {
    std::vector<std::string> ids;
    const auto found = store_->expired_blobs(now, {}, 100);
    EXPECT_TRUE(found);
    for (const ExpiredBlob& blob : found->blobs) ids.push_back(blob.id.str());
    return ids;
  }
  [[nodiscard]] std::vector<MessageId> old(TimePoint before = kNow + kDay) {
    return store_->old_messages(before, {}, 1000).value().ids;
  }
  /// A message to Bob that carries the file.
  MessageId message_with(const Blob& blob) {
    NewMessage message = text_from(kPeer, blob.id.str());
    message.parts = {{.type = "image/png", .blob = blob.id, .state = PartState::stored}};
    message.deliveries[0].slice.part_count = 1;
    return client_->accept_one(std::move(message));
  }
  void deliver_all() {
    for (auto ids = client_->claim_ids(); !ids.empty(); ids = client_->claim_ids()) {
      for (const DeliveryId id : ids) static_cast<void>(client_->record({.id = id, .event = Event::accepted}));
    }
  }
  int forget(std::vector<MessageId> ids) {
    return wait_for<int>([&](Done<int> done) { store_->forget_messages(std::move(ids), std::move(done)); }).value();
  }
};

TEST_F(RetentionTest, FilesAreExpiredWhenTheirTimeIsOverTheLongestOverdueFirst) {
  const Blob late = add('1', kNow - kDay);
  const Blob later = add('2', kNow - 2 * kDay);
  add('3', kNow + kDay);
  EXPECT_THAT(expired(), ElementsAre(later.id.str(), late.id.str()));
  EXPECT_EQ(store_->media_bytes().value(), 3 * late.size);
}

TEST_F(RetentionTest, AFileThatIsStillToBeDeliveredStays) {
  const Blob blob = add('1', kNow - kDay);
  message_with(blob);
  EXPECT_THAT(expired(), IsEmpty());
  deliver_all();
  EXPECT_THAT(expired(), SizeIs(1));
}

TEST_F(RetentionTest, AFileThatIsForgottenIsSaidToBeGone) {
  const Blob blob = add('1', kNow - kDay);
  const MessageId id = message_with(blob);
  deliver_all();
  EXPECT_TRUE(wait_for<bool>([&](Done<bool> done) { store_->forget_blobs({blob.id}, std::move(done)); }));
  EXPECT_EQ(store_->find_blob(blob.id).value(), std::nullopt);
  const Part part = history(id).parts.at(0);
  EXPECT_EQ(part.state, PartState::lost);
  EXPECT_FALSE(part.blob);
  EXPECT_EQ(part.reason, "its time was over, and it was removed");
}

TEST_F(RetentionTest, OldMessagesGoWithAllThatIsTheirs) {
  const MessageId id = message_with(add('1', kNow + kDay));
  NewMessage fresh = text_from("5145550188", "2");
  fresh.received_at = kNow + 2 * kDay;
  client_->accept_one(fresh);
  EXPECT_THAT(old(), IsEmpty()) << "it has not arrived yet";
  deliver_all();
  EXPECT_THAT(old(), ElementsAre(id));
  EXPECT_EQ(forget({id}), 1);
  EXPECT_EQ(forget({id}), 0);
  Sql sql(path());
  for (const char* table : {"deliveries", "parts", "events"}) {
    EXPECT_THAT(sql.run(std::string("SELECT 1 FROM ") + table + " WHERE message = " + std::to_string(id.value)),
                IsEmpty())
        << table;
  }
  EXPECT_THAT(sql.run("SELECT count(*) FROM blobs"), ElementsAre("1")) << "phones may still have its link";
}

TEST_F(RetentionTest, WhatIsFreedGoesBackToTheDiskAndNoNumberChanges) {
  for (int i = 0; i < 300; ++i) {
    NewMessage message = text_from(kPeer, std::to_string(i));
    message.text = std::string(4000, 'x');
    message.deliveries.clear();
    static_cast<void>(client_->accept_one(std::move(message)));
  }
  Sql sql(path());
  const auto before = std::stoi(sql.run("PRAGMA page_count").at(0));
  auto going = old();
  going.pop_back();
  EXPECT_EQ(forget(going), 299);
  EXPECT_EQ(forget({}), 0);
  EXPECT_LT(std::stoi(sql.run("PRAGMA page_count").at(0)), before - 250);
  EXPECT_THAT(sql.run("SELECT id FROM messages"), ElementsAre("300"));
}

// All who read share one connection: a rehearsal that looked at a million messages at once held all of them up.
TEST_F(RetentionTest, NoStepOfTheSearchLooksAtMoreThanItMay) {
  for (const char digit : {'1', '2', '3', '4'}) message_with(add(digit, kNow - kDay));
  const auto none = store_->old_messages(kNow - kDay, {}, 3).value();
  EXPECT_THAT(none.ids, IsEmpty());
  ASSERT_TRUE(none.looked_until) << "that three are young does not make it look at the fourth";
  EXPECT_EQ(none.looked_until->value, 3);
  const auto files = store_->expired_blobs(kNow, {}, 3).value();
  EXPECT_THAT(files.blobs, IsEmpty()) << "they are still to be delivered";
  ASSERT_TRUE(files.looked_until);
  EXPECT_EQ(files.looked_until->id, make_blob('3').id.str());
}

TEST_F(RetentionTest, StepByStepItFindsAllThatIsOver) {
  for (const char digit : {'1', '2', '3', '4', '5'}) message_with(add(digit, kNow - (digit < '4' ? 2 : 1) * kDay));
  deliver_all();
  std::vector<std::size_t> steps;
  ExpiredBlobs files{.blobs = {}, .looked_until = BlobPlace{}};
  while (files.looked_until) {
    files = store_->expired_blobs(kNow, *files.looked_until, 2).value();
    steps.push_back(files.blobs.size());
  }
  EXPECT_THAT(steps, ElementsAre(2, 2, 1)) << "also where several end at the same time";
  steps.clear();
  OldMessages messages{.ids = {}, .looked_until = MessageId{}};
  while (messages.looked_until) {
    messages = store_->old_messages(kNow + kDay, *messages.looked_until, 2).value();
    steps.push_back(messages.ids.size());
  }
  EXPECT_THAT(steps, ElementsAre(2, 2, 1));
}

TEST_F(RetentionTest, FindingWhatIsOverWalksThroughNothingElse) {
  Sql sql(path());
  std::string plan;
  for (const auto& row : sql.run("EXPLAIN QUERY PLAN SELECT until, id, size, NOT EXISTS (SELECT 1 FROM parts p WHERE "
                                 "p.blob = b.id) FROM blobs b WHERE until <= 5 AND (until, id) > (3, 'x') "
                                 "ORDER BY until, id LIMIT 5")) {
    plan += row + "\n";
  }
  EXPECT_THAT(plan, testing::HasSubstr("blobs_until ((until,id)>(?,?) AND until<?)"));
  EXPECT_THAT(plan, testing::HasSubstr("parts_of_blob"));
  EXPECT_THAT(plan, Not(testing::HasSubstr("TEMP B-TREE")));
}

}  // namespace
}  // namespace mmsgate::store::kit
