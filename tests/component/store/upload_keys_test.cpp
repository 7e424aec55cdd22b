// SPDX-License-Identifier: Apache-2.0
// Keys of scripts: made and revoked by one process, used by another; and what is stored by them, all or none.
#include "kit.hpp"
#include "sql.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::seconds;

const std::string kHash(64, 'a');

UploadKey door() { return {.name = "door", .hash = kHash, .accounts = {kBob, "123456_amy"}, .made_at = kNow}; }

class Keys : public StoreTest {
 protected:
  static Result<bool> add(Store& store, UploadKey key) {
    return wait_for<bool>([&](auto done) { store.add_upload_key(std::move(key), std::move(done)); });
  }
  static Result<bool> revoke(Store& store, const std::string& name) {
    return wait_for<bool>([&](auto done) { store.revoke_upload_key(name, std::move(done)); });
  }
  Result<bool> upload(char digit, const std::string& hash, TimePoint at = kNow) {
    NewMessage message = text_from("1099", std::string(32, digit));
    message.provider = "upload";
    message.direction = Direction::extension;
    message.received_at = at;
    message.parts = {{.type = "image/png", .blob = make_blob(digit).id, .state = PartState::stored}};
    message.deliveries[0].slice.part_count = 1;
    return wait_for<bool>([&](auto done) {
      store_->accept_upload({.key_hash = hash, .blob = make_blob(digit), .message = std::move(message)},
                            std::move(done));
    });
  }
  [[nodiscard]] UploadKey only() const {
    const auto keys = store_->upload_keys();
    EXPECT_TRUE(keys && keys->size() == 1);
    return keys && !keys->empty() ? keys->front() : UploadKey{};
  }
};

TEST_F(Keys, AreKeptWithAllThatIsSaidOfThem) {
  EXPECT_EQ(add(*store_, door()), true);
  EXPECT_EQ(add(*store_, {.name = "any", .hash = std::string(64, 'b'), .all_accounts = true, .made_at = kNow}), true);
  reopen();
  const auto keys = store_->upload_keys().value();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].name, "any");
  EXPECT_TRUE(keys[0].all_accounts);
  EXPECT_TRUE(keys[0].accounts.empty());
  EXPECT_EQ(keys[1].name, "door");
  EXPECT_EQ(keys[1].hash, kHash);
  EXPECT_FALSE(keys[1].all_accounts);
  EXPECT_EQ(keys[1].accounts, (std::vector<std::string>{kBob, "123456_amy"}));
  EXPECT_EQ(keys[1].made_at, kNow);
  EXPECT_EQ(keys[1].used_at, std::nullopt);
  EXPECT_EQ(keys[1].uses, 0);
}

TEST_F(Keys, HaveANameEachAndAreFreeAgainWhenRevoked) {
  EXPECT_EQ(add(*store_, door()), true);
  UploadKey other = door();
  other.hash = std::string(64, 'b');
  EXPECT_EQ(add(*store_, other), false);
  EXPECT_EQ(only().hash, kHash) << "the first stays as it is";
  EXPECT_EQ(revoke(*store_, "dooor"), false);
  EXPECT_EQ(revoke(*store_, "door"), true);
  EXPECT_TRUE(store_->upload_keys()->empty());
  EXPECT_EQ(add(*store_, other), true);
  EXPECT_EQ(only().hash, other.hash);
}

TEST_F(Keys, OfAnotherProcessAreKnownAtOnce) {
  auto other = open_sqlite({.path = path()}, runtime::Log::none());
  ASSERT_TRUE(other.has_value()) << other.error().detail;
  EXPECT_TRUE(store_->upload_keys()->empty());
  EXPECT_EQ(add(**other, door()), true);
  EXPECT_EQ(only().name, "door");
  EXPECT_EQ(upload('1', kHash), true);
  EXPECT_EQ(revoke(**other, "door"), true);
  EXPECT_TRUE(store_->upload_keys()->empty());
  EXPECT_EQ(upload('2', kHash), false);
}

TEST_F(Keys, TwoProcessesWriteInTurn) {
  auto other = open_sqlite({.path = path()}, runtime::Log::none());
  ASSERT_TRUE(other.has_value()) << other.error().detail;
  std::vector<std::future<Result<bool>>> answers;
  for (int i = 0; i < 200; ++i) {
    const auto answer = std::make_shared<std::promise<Result<bool>>>();
    answers.push_back(answer->get_future());
    UploadKey key = door();
    key.name = std::to_string(i);
    (i % 2 == 0 ? *store_ : **other).add_upload_key(key, [answer](Result<bool> added) { answer->set_value(added); });
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), true);
  EXPECT_EQ(store_->upload_keys()->size(), 200U);
}

TEST_F(Keys, AreCountedWithWhatTheyBring) {
  EXPECT_EQ(add(*store_, door()), true);
  EXPECT_EQ(upload('1', kHash, kNow + seconds(5)), true);
  EXPECT_EQ(upload('2', kHash, kNow + seconds(9)), true);
  EXPECT_EQ(only().uses, 2);
  EXPECT_EQ(only().used_at, kNow + seconds(9));
  EXPECT_TRUE(store_->find_blob(make_blob('1').id).value());
  const auto claimed = client_->claim(kNow + seconds(10));
  ASSERT_EQ(claimed->jobs.size(), 1U) << "the second waits its turn";
  EXPECT_EQ(claimed->jobs[0].peer, "1099");
  ASSERT_EQ(claimed->jobs[0].parts.size(), 1U);
  EXPECT_EQ(claimed->jobs[0].parts[0].blob, make_blob('1').id);
  EXPECT_EQ(claimed->jobs[0].parts[0].until, make_blob('1').until);
}

TEST_F(Keys, WithoutOneNothingIsStored) {
  EXPECT_EQ(add(*store_, door()), true);
  EXPECT_EQ(upload('1', std::string(64, 'f')), false);
  EXPECT_FALSE(store_->find_blob(make_blob('1').id).value());
  EXPECT_EQ(store_->counts()->messages, 0);
  EXPECT_EQ(only().uses, 0);
}

TEST_F(Keys, WhatCannotBeStoredIsNotHalfStored) {
  EXPECT_EQ(add(*store_, door()), true);
  Sql(path()).run("CREATE TRIGGER trouble BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'no'); END");
  EXPECT_FALSE(upload('1', kHash).has_value());
  EXPECT_FALSE(store_->find_blob(make_blob('1').id).value());
  EXPECT_EQ(only().uses, 0);
}

}  // namespace
}  // namespace mmsgate::store::kit
