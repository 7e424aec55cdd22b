// SPDX-License-Identifier: Apache-2.0
// What is handed out: as often as was said, while its time lasts, and to one of those who come at once.
#include <gmock/gmock.h>

#include "component/store/kit.hpp"
#include "component/store/sql.hpp"

namespace mmsgate::store::kit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kHour = std::chrono::hours(1);

class HandoutsTest : public StoreTest {
 protected:
  static Handout make(const std::string& id, const std::string& accounts = kBob, int uses = 1) {
    return {.id = id,
            .accounts = accounts,
            .sealed = "sealed-" + id,
            .made_at = kNow,
            .until = kNow + kHour,
            .uses_left = uses};
  }
  void add(std::vector<Handout> handouts) {
    EXPECT_TRUE(wait_for<bool>([&](Done<bool> done) { store_->add_handouts(std::move(handouts), std::move(done)); }));
  }
  /// How many are left then; -1: it is not handed out.
  int take(const std::string& id, TimePoint now = kNow) {
    const auto taken = wait_for<std::optional<Handout>>(
        [&](Done<std::optional<Handout>> done) { store_->take_handout(id, now, std::move(done)); });
    EXPECT_TRUE(taken);
    if (!*taken) return -1;
    EXPECT_EQ((*taken)->sealed, "sealed-" + id);
    return (*taken)->uses_left;
  }
  int revoke(const std::string& account) {
    return wait_for<int>([&](Done<int> done) { store_->revoke_handouts(account, std::move(done)); }).value_or(-1);
  }
  std::vector<std::string> listed(TimePoint now = kNow) {
    std::vector<std::string> ids;
    const auto handouts = store_->handouts(now);
    EXPECT_TRUE(handouts);
    for (const Handout& each : *handouts) ids.push_back(each.id);
    return ids;
  }
};

TEST_F(HandoutsTest, AreThereAsOftenAsWasSaid) {
  add({make("once"), make("thrice", kBob, 3)});
  EXPECT_EQ(take("once"), 0);
  EXPECT_EQ(take("once"), -1);
  EXPECT_EQ(take("thrice"), 2);
  EXPECT_EQ(take("thrice"), 1);
  EXPECT_THAT(listed(), ElementsAre("thrice"));
  EXPECT_EQ(take("thrice"), 0);
  EXPECT_EQ(take("thrice"), -1);
  EXPECT_EQ(take("never"), -1);
}

TEST_F(HandoutsTest, LookingTakesNothing) {
  add({make("once")});
  for (int i = 0; i < 3; ++i) EXPECT_EQ((*store_->find_handout("once", kNow))->uses_left, 1);
  EXPECT_EQ(take("once"), 0);
  EXPECT_FALSE(*store_->find_handout("once", kNow));
}

TEST_F(HandoutsTest, AreThereUntilTheirTimeIsOver) {
  add({make("a")});
  EXPECT_EQ(take("a", kNow + kHour), -1);
  EXPECT_FALSE(*store_->find_handout("a", kNow + kHour));
  EXPECT_THAT(listed(kNow + kHour), IsEmpty());
  EXPECT_EQ(take("a", kNow + kHour - std::chrono::milliseconds(1)), 0);
}

TEST_F(HandoutsTest, GoFromTheDiskWithTheirLastUseAndWithTheirTime) {
  add({make("used"), make("over")});
  EXPECT_EQ(take("used"), 0);
  const auto rows = [&] { return Sql(path()).run("SELECT count(*) FROM handouts").at(0); };
  EXPECT_EQ(rows(), "1");
  const auto drop = [&](TimePoint now) {
    return wait_for<int>([&](Done<int> done) { store_->drop_handouts(now, std::move(done)); });
  };
  EXPECT_EQ(drop(kNow), 0);
  EXPECT_EQ(drop(kNow + kHour), 1);
  EXPECT_EQ(rows(), "0");
}

TEST_F(HandoutsTest, OfManyWhoComeAtOnceOneGetsTheLast) {
  constexpr int kMany = 50;
  add({make("last", kBob, 2)});
  std::vector<std::future<bool>> answers;
  for (int i = 0; i < kMany; ++i) {
    auto got = std::make_shared<std::promise<bool>>();
    answers.push_back(got->get_future());
    store_->take_handout("last", kNow, [got](const Result<std::optional<Handout>>& taken) {
      got->set_value(taken && taken->has_value());
    });
  }
  int given = 0;
  for (auto& each : answers) given += each.get() ? 1 : 0;
  EXPECT_EQ(given, 2);
}

TEST_F(HandoutsTest, AreRevokedByAccountWithTheirContacts) {
  Handout contacts = make("contacts", "123456_bob 123456_shop");
  contacts.kind = HandoutKind::contacts;
  add({make("bob"), make("both", "123456_bob 123456_shop"), contacts, make("bobby", "123456_bobby"),
       make("like", "123456xbob")});
  EXPECT_EQ(revoke("123456_shop"), 1) << "configurations are counted";
  EXPECT_EQ(take("contacts"), -1);
  EXPECT_EQ(revoke("123456_bob"), 1);
  EXPECT_EQ(take("bob"), -1);
  EXPECT_EQ(take("like"), 0);
  EXPECT_EQ(revoke(""), 1);
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(HandoutsTest, ContactsLiveOnWithThePhoneThatHasThem) {
  Handout contacts = make("contacts");
  contacts.kind = HandoutKind::contacts;
  Handout others = make("others", "123456_shop");
  others.kind = HandoutKind::contacts;
  add({make("config"), contacts, make("unused", "123456_shop"), others});
  EXPECT_EQ(take("config"), 0);
  const TimePoint later = kNow + 1000 * 24 * kHour;
  ASSERT_TRUE(wait_for<int>([&](Done<int> done) { store_->drop_handouts(later, std::move(done)); }));
  EXPECT_TRUE(*store_->find_handout("contacts", later));
  EXPECT_THAT(Sql(path()).run("SELECT id FROM handouts"), ElementsAre("contacts")) << "no phone has the others";
}

TEST_F(HandoutsTest, OnlyConfigurationsAreListedTheNewestFirst) {
  Handout contacts = make("contacts");
  contacts.kind = HandoutKind::contacts;
  Handout newer = make("newer");
  newer.made_at = kNow + std::chrono::seconds(1);
  add({make("older"), contacts, newer});
  EXPECT_THAT(listed(), ElementsAre("newer", "older"));
}

TEST_F(HandoutsTest, MoveWithAClockThatIsSet) {
  add({make("a")});
  ASSERT_TRUE(client_->shift(24 * kHour));
  EXPECT_EQ(take("a", kNow + 24 * kHour), 0);
}

}  // namespace
}  // namespace mmsgate::store::kit
