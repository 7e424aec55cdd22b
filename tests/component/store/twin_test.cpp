// SPDX-License-Identifier: Apache-2.0
// A message that the provider tells by its web hook and shows in its log is one message, whichever comes first.
#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

class Twin : public StoreTest {
 protected:
  static NewMessage make(std::string id, Source source, std::string text = "hi") {
    NewMessage message = text_from(kPeer, std::move(id));
    message.text = std::move(text);
    message.source = source;
    message.logged_at = kNow;
    return message;
  }
  static NewMessage told(std::string id, std::string text = "hi") { return make(std::move(id), Source::told, text); }
  static NewMessage logged(std::string id, std::string text = "hi") {
    return make(std::move(id), Source::logged, text);
  }
  void note_log(const std::vector<std::string>& ids) {
    std::vector<LoggedId> entries;
    for (const std::string& id : ids) entries.push_back({"voipms", id, kOwn});
    EXPECT_TRUE(wait_for<bool>([&](Done<bool> done) { store_->note_log(std::move(entries), std::move(done)); }));
  }
  /// How many of them were new.
  int add(std::vector<NewMessage> messages) {
    const auto accepted = client_->accept(std::move(messages));
    EXPECT_TRUE(accepted.has_value());
    return accepted.has_value() ? accepted->added : -1;
  }
};

TEST_F(Twin, TheSameIdIsTheSameMessage) {
  EXPECT_EQ(add({told("1")}), 1);
  EXPECT_EQ(add({logged("1")}), 0);
  EXPECT_EQ(add({logged("2", "other")}), 1);
  EXPECT_EQ(add({told("2", "other")}), 0);
}

TEST_F(Twin, OtherIdsWithTheSameWordsAreOneToo) {
  EXPECT_EQ(add({told("1")}), 1);
  EXPECT_EQ(add({logged("a")}), 0);
  EXPECT_EQ(add({logged("a")}), 0) << "and so it stays";
  EXPECT_EQ(add({logged("b", "late")}), 1);
  EXPECT_EQ(add({told("2", "late")}), 0) << "the web hook came after the log was read";
  EXPECT_EQ(add({told("2", "late")}), 0);
}

TEST_F(Twin, TheSameWordsTwiceAreTwoMessages) {
  EXPECT_EQ(add({told("1"), told("2")}), 2);
  EXPECT_EQ(add({logged("a"), logged("b")}), 0);
  EXPECT_EQ(add({logged("c")}), 1) << "a third, of which nobody has told";
  EXPECT_EQ(add({told("3")}), 0) << "until now";
  EXPECT_EQ(add({told("4")}), 1);
}

TEST_F(Twin, OneThatWasFoundByItsIdIsNoTwinOfAnother) {
  EXPECT_EQ(add({told("1")}), 1);
  EXPECT_EQ(add({logged("1"), logged("2")}), 1) << "the second was never told";
}

// "ok" was lost and found in the log; the next "ok" was told, and taken for the first.
TEST_F(Twin, OnceIdsAgreeTheSameWordsAreTwoMessages) {
  EXPECT_EQ(add({told("1", "hello")}), 1);
  note_log({"1"});
  EXPECT_EQ(add({logged("2", "ok")}), 1);
  EXPECT_EQ(add({told("3", "ok")}), 1);
  EXPECT_EQ(add({told("2", "ok")}), 0) << "the web hook of the first, late";
  reopen();
  EXPECT_EQ(add({logged("4", "ok")}), 1) << "and so it stays";
}

// "hello?" was lost, "hello?" was told: the log's first was taken for the second.
TEST_F(Twin, WhatIsInTheLogByItsOwnIdIsNoTwinOfAnother) {
  EXPECT_EQ(add({told("2", "hello?")}), 1);
  note_log({"1", "2"});
  EXPECT_EQ(add({logged("1", "hello?")}), 1);
}

TEST_F(Twin, APairThatTheLogShowsToBeTwoIsPartedAgain) {
  EXPECT_EQ(add({logged("1", "ok")}), 1);
  EXPECT_EQ(add({told("2", "ok")}), 0) << "it could be the same: nobody knows yet whether ids agree";
  note_log({"1", "2"});
  EXPECT_EQ(add({logged("1", "ok"), logged("2", "ok")}), 1);
}

TEST_F(Twin, WhatWasFoundLongAgoIsNoTwinOfWhatIsToldNow) {
  NewMessage old = logged("a");
  old.received_at = kNow - std::chrono::hours(49);
  EXPECT_EQ(add({old}), 1);
  EXPECT_EQ(add({told("1")}), 1);
}

TEST_F(Twin, WhatWasToldLongBeforeIsAnother) {
  NewMessage early = told("1");
  early.received_at = kNow - std::chrono::hours(1);
  EXPECT_EQ(add({early}), 1);
  EXPECT_EQ(add({logged("a")}), 1);
}

TEST_F(Twin, AnotherNumberPeerTextOrCountOfFilesIsAnotherMessage) {
  EXPECT_EQ(add({told("1")}), 1);
  NewMessage number = logged("a");
  number.own = "5145550111";
  NewMessage peer = logged("b");
  peer.peer = "5145550188";
  NewMessage files = logged("c");
  add_picture(files, "https://carrier.example/1.png");
  EXPECT_EQ(add({number, peer, files, logged("d", "ho")}), 4);
}

TEST_F(Twin, ADatabaseKnowsWhenItWasMade) {
  const auto born = store_->born();
  ASSERT_TRUE(born.has_value());
  EXPECT_LT(std::chrono::abs(std::chrono::system_clock::now() - *born), std::chrono::minutes(1));
  reopen();
  EXPECT_EQ(store_->born(), born);
}

}  // namespace
}  // namespace mmsgate::store::kit
