// SPDX-License-Identifier: Apache-2.0
// Rows of the first MMSGate's database in ours.
#include <gmock/gmock.h>

#include "component/store/kit.hpp"
#include "component/store/sql.hpp"
#include "store/old_table.hpp"

namespace mmsgate::store::kit {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class ImportTest : public StoreTest {
 protected:
  Imported take(std::vector<Import> rows) {
    const auto taken =
        wait_for<Imported>([&](Done<Imported> done) { store_->import(std::move(rows), std::move(done)); });
    EXPECT_TRUE(taken) << taken.error().detail;
    return taken.value_or(Imported{});
  }
  static Import piece(const std::string& account, State state) {
    Import import{.at = kNow, .born_at = kNow};
    import.piece = text_from(kPeer, "77", {account});
    import.piece.source = Source::imported;
    import.piece.deliveries[0].state = state;
    import.piece.deliveries[0].reason = "as it was there";
    return import;
  }
  static Import picture(const std::string& account, const std::string& url) {
    Import import = piece(account, State::accepted);
    import.piece.text.clear();
    import.piece.parts = {{.type = "image/png", .source_url = url, .state = PartState::stored }};
    import.piece.deliveries[0].slice = {.part_count = 1};
    return import;
  }
};

TEST_F(ImportTest, RowsOfOneIdAreOneMessage) {
  const auto taken = take({piece(kBob, State::accepted), picture(kBob, "http://x/1"), picture(kBob, "http://x/2"),
                           piece("123456_eve", State::accepted), picture("123456_eve", "http://x/1")});
  EXPECT_EQ(taken.messages, 1);
  EXPECT_EQ(taken.deliveries, 5);
  const History all = history(MessageId{1});
  ASSERT_THAT(all.parts, SizeIs(2));
  EXPECT_EQ(all.parts[1].source_url, "http://x/2");
  EXPECT_EQ(all.summary.parts, 2);
  EXPECT_EQ(all.summary.states, "5 accepted");
  EXPECT_THAT(
      Sql(path()).run("SELECT destination, text_bytes > 0, first_part, part_count FROM deliveries ORDER BY id"),
      ElementsAre("123456_bob|1|0|0", "123456_bob|0|0|1", "123456_bob|0|1|1", "123456_eve|1|0|0", "123456_eve|0|0|1"));
}

TEST_F(ImportTest, TheSecondTimeNothingIsAdded) {
  const std::vector<Import> rows{piece(kBob, State::queued), picture(kBob, "http://x/1")};
  EXPECT_EQ(take(rows).known, 0);
  const auto again = take(rows);
  EXPECT_EQ(again.known, 2);
  EXPECT_EQ(again.messages + again.deliveries + again.waiting, 0);
}

TEST_F(ImportTest, WhatIsWholeIsItselfWhateverItsNumberIsThoughtToBe) {
  Import row = piece(kBob, State::accepted);
  row.is_whole = true;
  row.piece.own = "";
  EXPECT_EQ(take({row}).messages, 1);
  row.piece.own = kOwn;
  row.piece.text = "cut in another way";
  EXPECT_EQ(take({row}).known, 1);
}

TEST_F(ImportTest, WhatCameToUsIsOurs) {
  client_->accept_one(text_from(kPeer, "77"));
  EXPECT_EQ(take({piece(kBob, State::queued)}).known, 1);
  EXPECT_THAT(client_->claim_ids(), SizeIs(1));
}

TEST_F(ImportTest, AWebHookThatComesAgainFindsItThere) {
  static_cast<void>(take({piece(kBob, State::accepted)}));
  const auto accepted = client_->accept({text_from(kPeer, "77")});
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->added, 0);
}

TEST_F(ImportTest, WhatTheCarrierLoggedUnderAnotherIdFindsItThereToo) {
  static_cast<void>(take({piece(kBob, State::accepted)}));
  NewMessage logged = text_from(kPeer, "9077");
  logged.text = text_from(kPeer, "77").text;
  logged.source = Source::logged;
  logged.logged_at = logged.received_at;
  const auto accepted = client_->accept({logged});
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->added, 0);
}

TEST_F(ImportTest, WhatWaitsGoesInItsOrderAndWhatWasTriedSaysSo) {
  Import tried = piece(kBob, State::queued);
  tried.was_tried = true;
  static_cast<void>(take({tried, [] {
                            Import second = piece(kBob, State::queued);
                            second.piece.provider_id = "78";
                            return second;
                          }()}));
  const auto first = client_->claim();
  ASSERT_TRUE(first);
  ASSERT_THAT(first->jobs, SizeIs(1)) << "the second waits behind it";
  EXPECT_EQ(first->jobs[0].tries, 2);
  EXPECT_TRUE(first->jobs[0].interrupted);
}

TEST_F(ImportTest, HowFarItWentIsRemembered) {
  EXPECT_EQ(store_->imported_until().value(), std::nullopt);
  EXPECT_TRUE(wait_for<bool>([&](Done<bool> done) { store_->mark_imported(kNow, std::move(done)); }));
  reopen();
  EXPECT_EQ(store_->imported_until().value(), kNow);
}

TEST_F(ImportTest, TheOldTableIsReadAsPythonLeftIt) {
  {
    Sql old(folder_.file("old.sqlite"));
    old.run(
        "CREATE TABLE send_msgs (rcvd_ts INT, fromid TEXT, toid TEXT, fromdom TEXT, todom TEXT, msgtype TEXT, did "
        "TEXT, "
        "direction TEXT, message TEXT, msgstatus TEXT, sent_ts INT, init_ts INT, trycnt INT, msgid TEXT)");
    old.run(
        "INSERT INTO send_msgs VALUES (1800000000, '5145550199', 'a', NULL, NULL, 'SMS', '5145550100', 'IN', 'hi', "
        "200, "
        "1800000007, 1800000000, 1, 77), (NULL, 'a', 'b', NULL, NULL, 'MMS', NULL, 'OUT', NULL, 'QUEUED', NULL, "
        "1800000009, 0, NULL)");
  }
  const auto table = OldTable::open(folder_.file("old.sqlite"));
  ASSERT_TRUE(table && *table);
  const auto rows = (*table)->rows(0, 10);
  ASSERT_TRUE(rows);
  ASSERT_THAT(*rows, SizeIs(2));
  const OldRow& first = rows->front();
  EXPECT_EQ(first.status, "200");
  EXPECT_EQ(first.carrier_id, "77");
  EXPECT_EQ(first.received, kNow);
  EXPECT_EQ(first.tried, kNow + std::chrono::seconds(7));
  EXPECT_FALSE(first.outgoing);
  const OldRow& second = rows->back();
  EXPECT_TRUE(second.outgoing);
  EXPECT_EQ(second.message, "");
  EXPECT_EQ(second.received, kNow + std::chrono::seconds(9));
  EXPECT_EQ((*table)->newest().value(), kNow + std::chrono::seconds(9));
  EXPECT_THAT((*table)->rows(second.row, 10).value(), SizeIs(0));
}

TEST_F(ImportTest, AFileWithoutThatTableIsNoneOfIts) {
  const auto table = OldTable::open(path());
  ASSERT_TRUE(table);
  EXPECT_EQ(*table, nullptr);
  EXPECT_FALSE(OldTable::open(folder_.file("nowhere.sqlite")));
}

}  // namespace
}  // namespace mmsgate::store::kit
