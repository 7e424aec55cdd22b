// SPDX-License-Identifier: Apache-2.0
// What links are signed with, what of them was revoked, who was given any, and which files open by their bare id.
#include <gmock/gmock.h>

#include "kit.hpp"
#include "sql.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

class LinkTables : public StoreTest {
 protected:
  void rotate(const std::string& secret, TimePoint now, std::optional<TimePoint> former_until) {
    EXPECT_EQ(wait_for<bool>([&](Done<bool> done) {
                store_->rotate_links({.secret = secret, .now = now, .former_until = former_until}, std::move(done));
              }),
              true);
  }
  void revoke(const std::string& recipient, const std::optional<BlobId>& blob = std::nullopt, TimePoint now = kNow) {
    EXPECT_EQ(wait_for<bool>([&](Done<bool> done) { store_->revoke_links(recipient, blob, now, std::move(done)); }),
              true);
  }
  std::vector<std::string> secrets() {
    std::vector<std::string> texts;
    const auto all = store_->link_secrets().value();
    for (const LinkSecret& each : all) texts.push_back(each.secret);
    return texts;
  }
  std::optional<TimePoint> end_of(const std::string& secret) {
    const auto all = store_->link_secrets().value();
    const auto it = std::ranges::find(all, secret, &LinkSecret::secret);
    EXPECT_NE(it, all.end()) << secret;
    return it == all.end() ? std::nullopt : it->until;
  }
  /// "recipient files", by name.
  std::vector<std::string> recipients() {
    std::vector<std::string> lines;
    const auto all = store_->link_recipients().value();
    for (const LinkRecipient& each : all) lines.push_back(each.name + " " + std::to_string(each.files));
    return lines;
  }
};

TEST_F(LinkTables, TheNewestSecretSignsAndFormerOnesLastAsLongAsAnyFile) {
  EXPECT_THAT(secrets(), IsEmpty());
  rotate("one", kNow, kNow);
  EXPECT_EQ(end_of("one"), std::nullopt);
  rotate("two", kNow, kNow + hours(1));
  EXPECT_THAT(secrets(), ElementsAre("two", "one"));
  EXPECT_EQ(end_of("one"), kNow + hours(1)) << "there is no file";
  EXPECT_EQ(end_of("two"), std::nullopt);
  Blob blob = make_blob('a');
  blob.until = kNow + hours(1000);
  static_cast<void>(client_->add_blob(blob));
  rotate("three", kNow, kNow + hours(1));
  EXPECT_EQ(end_of("two"), kNow + hours(1000)) << "the last link that it signed ends then";
  EXPECT_EQ(end_of("one"), kNow + hours(1));
  reopen();
  EXPECT_THAT(secrets(), ElementsAre("three", "two", "one"));
  rotate("four", kNow + hours(2), kNow + hours(3));
  EXPECT_THAT(secrets(), ElementsAre("four", "three", "two")) << "what is over goes";
}

TEST_F(LinkTables, FormerSecretsGoAtOnceWhereItIsMeant) {
  rotate("one", kNow, kNow);
  rotate("two", kNow, kNow + hours(1));
  rotate("three", kNow, std::nullopt);
  EXPECT_THAT(secrets(), ElementsAre("three"));
  EXPECT_EQ(store_->link_secrets()->front().number, 3) << "a number is never used again";
}

TEST_F(LinkTables, RevocationsAreCountedForEachRecipientAndFile) {
  const BlobId blob = make_blob('a').id;
  EXPECT_THAT(store_->link_revocations().value(), IsEmpty());
  revoke(kBob);
  revoke(kBob, std::nullopt, kNow + hours(1));
  revoke(kBob, blob);
  revoke("");
  reopen();
  const auto all = store_->link_revocations().value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].recipient, "");
  EXPECT_EQ(all[0].generation, 1U);
  EXPECT_EQ(all[1].recipient, kBob);
  EXPECT_EQ(all[1].blob, std::nullopt);
  EXPECT_EQ(all[1].generation, 2U);
  EXPECT_EQ(all[1].at, kNow + hours(1));
  EXPECT_EQ(all[2].blob, blob);
  EXPECT_EQ(all[2].generation, 1U);
}

TEST_F(LinkTables, ARevocationGoesWithItsFile) {
  const Blob blob = make_blob('a');
  static_cast<void>(client_->add_blob(blob));
  revoke(kBob);
  revoke(kBob, blob.id);
  EXPECT_EQ(wait_for<bool>([&](Done<bool> done) { store_->forget_blobs({blob.id}, std::move(done)); }), true);
  const auto left = store_->link_revocations().value();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].blob, std::nullopt);
}

TEST_F(LinkTables, OldNamesEndForOneOrForAllAndOnceIsEnough) {
  const auto end = [&](const std::string& recipient) {
    return wait_for<int>([&](Done<int> done) { store_->end_plain_links(recipient, std::move(done)); });
  };
  for (const char digit : {'a', 'b', 'c', 'd', 'e'}) {
    Blob blob = make_blob(digit);
    blob.has_plain_link = digit != 'e';
    if (digit == 'c') blob.uploader = "123456_alice";
    static_cast<void>(client_->add_blob(blob));
    NewMessage message = digit == 'a' ? text_from(kPeer, "1", {kBob}) : text_to(kPeer, std::string(1, digit));
    message.parts.push_back({.type = "image/png", .blob = blob.id, .state = PartState::stored});
    if (digit == 'b') message.account = kBob;
    if (digit <= 'b') static_cast<void>(client_->accept_one(message));
  }
  EXPECT_EQ(store_->plain_links("").value(), 4);
  EXPECT_EQ(store_->plain_links(kBob).value(), 2) << "what was sent to him and what he has sent";
  EXPECT_EQ(store_->plain_links("123456_alice").value(), 1);
  EXPECT_EQ(end(kBob), 2);
  EXPECT_EQ(end(kBob), 0);
  EXPECT_FALSE(store_->find_blob(make_blob('a').id).value()->has_plain_link);
  EXPECT_TRUE(store_->find_blob(make_blob('d').id).value()->has_plain_link);
  reopen();
  EXPECT_EQ(end(""), 2);
  EXPECT_EQ(store_->plain_links("").value(), 0);
}

TEST_F(LinkTables, RecipientsAreWhoeverAMessageWithFilesWentToAndCameFrom) {
  EXPECT_THAT(recipients(), IsEmpty());
  static_cast<void>(client_->accept_one(text_from(kPeer, "no file of it")));
  for (const char digit : {'a', 'b'}) {
    const Blob blob = make_blob(digit);
    static_cast<void>(client_->add_blob(blob));
    NewMessage message = digit == 'a' ? text_from(kPeer, "1", {kBob, "123456_alice"}) : text_to(kPeer, "2");
    message.parts.push_back({.type = "image/png", .blob = blob.id, .state = PartState::stored});
    if (digit == 'b') message.account = kBob;
    static_cast<void>(client_->accept_one(message));
  }
  EXPECT_THAT(recipients(), ElementsAre("123456_alice 1", std::string(kBob) + " 2", std::string(kPeer) + " 1"));
}

TEST_F(LinkTables, OnlyWhatWasThereBeforeOpensByItsBareId) {
  static_cast<void>(client_->add_blob(make_blob('a')));
  Blob moved_in = make_blob('b');
  moved_in.has_plain_link = true;
  static_cast<void>(client_->add_blob(moved_in));
  EXPECT_FALSE(store_->find_blob(make_blob('a').id).value()->has_plain_link);
  EXPECT_TRUE(store_->find_blob(moved_in.id).value()->has_plain_link);
  store_.reset();
  Sql(path()).run(
      "DROP TABLE link_secrets; DROP TABLE link_revocations; ALTER TABLE blobs DROP COLUMN plain_link; "
      "PRAGMA user_version = 10");
  reopen();
  static_cast<void>(client_->add_blob(make_blob('c')));
  EXPECT_TRUE(store_->find_blob(make_blob('a').id).value()->has_plain_link) << "of a database of before";
  EXPECT_FALSE(store_->find_blob(make_blob('c').id).value()->has_plain_link);
}

}  // namespace
}  // namespace mmsgate::store::kit
