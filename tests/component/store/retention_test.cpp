// SPDX-License-Identifier: Apache-2.0
// What is no longer needed goes; what is still on its way stays.
#include <gmock/gmock.h>

#include "component/store/kit.hpp"
#include "component/store/sql.hpp"

namespace mmsgate::store::kit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
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
    const auto blobs = store_->expired_blobs(now, 100);
    EXPECT_TRUE(blobs);
    for (const ExpiredBlob& blob : *blobs) ids.push_back(blob.id.str());
    return ids;
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
  const MessageId old = message_with(add('1', kNow + kDay));
  NewMessage fresh = text_from("5145550188", "2");
  fresh.received_at = kNow + 2 * kDay;
  client_->accept_one(fresh);
  EXPECT_THAT(store_->old_messages(kNow + kDay, 100).value(), IsEmpty()) << "it has not arrived yet";
  deliver_all();
  EXPECT_THAT(store_->old_messages(kNow + kDay, 100).value(), ElementsAre(old));
  EXPECT_EQ(forget({old}), 1);
  EXPECT_EQ(forget({old}), 0);
  Sql sql(path());
  for (const char* table : {"deliveries", "parts", "events"}) {
    EXPECT_THAT(sql.run(std::string("SELECT 1 FROM ") + table + " WHERE message = " + std::to_string(old.value)),
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
  auto old = store_->old_messages(kNow + kDay, 1000).value();
  old.pop_back();
  EXPECT_EQ(forget(old), 299);
  EXPECT_EQ(forget({}), 0);
  EXPECT_LT(std::stoi(sql.run("PRAGMA page_count").at(0)), before - 250);
  EXPECT_THAT(sql.run("SELECT id FROM messages"), ElementsAre("300"));
}

TEST_F(RetentionTest, FindingWhatIsOverWalksThroughNothingElse) {
  Sql sql(path());
  std::string plan;
  for (const auto& row : sql.run("EXPLAIN QUERY PLAN SELECT id, size FROM blobs b WHERE until <= 5 AND NOT EXISTS "
                                 "(SELECT 1 FROM parts p WHERE p.blob = b.id) ORDER BY until")) {
    plan += row + "\n";
  }
  EXPECT_THAT(plan, testing::HasSubstr("blobs_until"));
  EXPECT_THAT(plan, testing::HasSubstr("parts_of_blob"));
}

}  // namespace
}  // namespace mmsgate::store::kit
