// SPDX-License-Identifier: Apache-2.0
// What the store's tests share: a folder of their own, commands that are waited for, and messages to store.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "store/sqlite_store.hpp"

namespace mmsgate::store::kit {

inline const TimePoint kNow = from_unix_ms(1'800'000'000'000);
inline constexpr const char* kOwn = "5145550100";
inline constexpr const char* kPeer = "5145550199";
inline constexpr const char* kBob = "123456_bob";

/// Gone with all that is in it when it goes.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Starts a command and waits for its answer; a test that hangs fails here.
template <typename T>
Result<T> wait_for(const std::function<void(Done<T>)>& start) {
  constexpr auto kLimit = std::chrono::seconds(60);
  auto answer = std::make_shared<std::promise<Result<T>>>();
  auto future = answer->get_future();
  start([answer](Result<T> result) { answer->set_value(std::move(result)); });
  if (future.wait_for(kLimit) != std::future_status::ready) return fail(ErrorKind::bug, "the store did not answer");
  return future.get();
}

/// The store, one command after the other.
class Client {
 public:
  explicit Client(Store& store) : store_(store) {}
  Result<Accepted> accept(std::vector<NewMessage> messages);
  Result<Claimed> claim(TimePoint now = kNow, Target target = Target::phone, int limit = 100, int count_to = 0);
  Result<Recorded> record(Outcome outcome, TimePoint now = kNow, FollowUp follow_up = {});
  Result<bool> free_lane(DeliveryId id, TimePoint now = kNow);
  Result<Recorded> receipt(const std::string& call_id, const std::string& destination, TimePoint now = kNow,
                           FollowUp follow_up = {}, bool displayed = false);
  Result<int> release(const std::string& destination, TimePoint now = kNow);
  Result<ClaimedFetches> claim_fetches(TimePoint now = kNow, int limit = 100);
  Result<bool> record_part(PartOutcome outcome, TimePoint now = kNow);
  Result<bool> add_blob(Blob blob);
  Result<bool> replace_directory(Directory directory);
  Result<int> recover(TimePoint now = kNow, TimePoint carrier_due = kNow);
  Result<int> shift(Duration by);
  Result<int> replay(MessageId message, TimePoint now = kNow);

  /// The ids of what was claimed, in the order in which it came; the test fails when claiming does.
  std::vector<DeliveryId> claim_ids(TimePoint now = kNow, Target target = Target::phone);
  /// Stores one message and answers its id.
  MessageId accept_one(NewMessage message);

 private:
  Store& store_;
};

/// A test with a fresh store.
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen();
  [[nodiscard]] History history(MessageId id) const;
  [[nodiscard]] State state_of(DeliveryId id, MessageId message) const;
  [[nodiscard]] std::string path() const { return folder_.file("mmsgate.sqlite"); }

  Folder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Client> client_;
};

/// A text from `peer` to the phones of `accounts`.
[[nodiscard]] NewMessage text_from(const std::string& peer, const std::string& id,
                                   std::vector<std::string> accounts = {kBob});
/// A text of the account to the number `peer`.
[[nodiscard]] NewMessage text_to(const std::string& peer, const std::string& id);
/// Adds a picture that is still at its sender's; the deliveries carry it.
void add_picture(NewMessage& message, const std::string& url);
[[nodiscard]] Blob make_blob(char digit);

}  // namespace mmsgate::store::kit
