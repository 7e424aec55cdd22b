// SPDX-License-Identifier: Apache-2.0
#include "kit.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace mmsgate::store::kit {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mmsgate-store-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<Accepted> Client::accept(std::vector<NewMessage> messages) {
  return wait_for<Accepted>([&](auto done) { store_.accept(std::move(messages), std::move(done)); });
}
Result<Claimed> Client::claim(TimePoint now, Target target, int limit, int count_to) {
  return wait_for<Claimed>([&](auto done) { store_.claim(target, limit, now, count_to, std::move(done)); });
}
Result<Recorded> Client::record(Outcome outcome, TimePoint now, FollowUp follow_up) {
  return wait_for<Recorded>(
      [&](auto done) { store_.record(std::move(outcome), now, std::move(follow_up), std::move(done)); });
}
Result<bool> Client::free_lane(DeliveryId id, TimePoint now) {
  return wait_for<bool>([&](auto done) { store_.free_lane(id, now, std::move(done)); });
}
Result<Recorded> Client::receipt(const std::string& call_id, const std::string& destination, TimePoint now,
                                 FollowUp follow_up, bool displayed) {
  return wait_for<Recorded>([&](auto done) {
    store_.receipt({.call_id = call_id, .account = destination, .displayed = displayed}, now, std::move(follow_up),
                   std::move(done));
  });
}
Result<int> Client::release(const std::string& destination, TimePoint now) {
  return wait_for<int>([&](auto done) { store_.release(destination, now, std::move(done)); });
}
Result<ClaimedFetches> Client::claim_fetches(TimePoint now, int limit) {
  return wait_for<ClaimedFetches>([&](auto done) { store_.claim_fetches(limit, now, std::move(done)); });
}
Result<bool> Client::record_part(PartOutcome outcome, TimePoint now) {
  return wait_for<bool>([&](auto done) { store_.record_part(std::move(outcome), now, std::move(done)); });
}
Result<bool> Client::add_blob(Blob blob) {
  return wait_for<bool>([&](auto done) { store_.add_blob(std::move(blob), std::move(done)); });
}
Result<bool> Client::replace_directory(Directory directory) {
  return wait_for<bool>([&](auto done) { store_.replace_directory(std::move(directory), kNow, std::move(done)); });
}
Result<int> Client::recover(TimePoint now, TimePoint carrier_due) {
  return wait_for<int>([&](auto done) { store_.recover(now, carrier_due, std::move(done)); });
}
Result<int> Client::shift(Duration by) {
  return wait_for<int>([&](auto done) { store_.shift(by, std::move(done)); });
}
Result<int> Client::replay(MessageId message, TimePoint now) {
  return wait_for<int>([&](auto done) { store_.replay(message, now, std::move(done)); });
}

std::vector<DeliveryId> Client::claim_ids(TimePoint now, Target target) {
  const auto claimed = claim(now, target);
  EXPECT_TRUE(claimed.has_value());
  std::vector<DeliveryId> ids;
  if (!claimed) return ids;
  for (const Job& job : claimed->jobs) ids.push_back(job.id);
  return ids;
}

MessageId Client::accept_one(NewMessage message) {
  std::vector<NewMessage> messages;
  messages.push_back(std::move(message));
  const auto accepted = accept(std::move(messages));
  EXPECT_TRUE(accepted.has_value());
  return accepted ? accepted->ids.at(0) : MessageId{};
}

void StoreTest::reopen() {
  client_.reset();
  store_.reset();
  auto opened = open_sqlite({.path = path()}, runtime::Log::none());
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  store_ = std::move(*opened);
  client_ = std::make_unique<Client>(*store_);
}

History StoreTest::history(MessageId id) const {
  const auto found = store_->history(id);
  EXPECT_TRUE(found.has_value() && found->has_value());
  return found.value_or(std::nullopt).value_or(History{});
}

State StoreTest::state_of(DeliveryId id, MessageId message) const {
  for (const DeliveryLine& line : history(message).deliveries) {
    if (line.id == id) return line.state;
  }
  ADD_FAILURE() << "message " << message.value << " has no delivery " << id.value;
  return State::dead;
}

NewMessage text_from(const std::string& peer, const std::string& id, std::vector<std::string> accounts) {
  NewMessage message;
  message.provider = "voipms";
  message.provider_id = id;
  message.own = kOwn;
  message.peer = peer;
  message.text = "text " + id;
  message.received_at = kNow;
  for (std::string& account : accounts) {
    NewDelivery delivery;
    delivery.call_id = id + "-" + account + "@mmsgate";
    delivery.destination = std::move(account);
    delivery.slice.text_bytes = message.text.size();
    message.deliveries.push_back(std::move(delivery));
  }
  return message;
}

NewMessage text_to(const std::string& peer, const std::string& id) {
  NewMessage message = text_from(peer, id, {});
  message.direction = Direction::outbound;
  message.provider = "sip";
  message.account = kBob;
  NewDelivery delivery;
  delivery.target = Target::carrier;
  delivery.destination = peer;
  delivery.slice.text_bytes = message.text.size();
  message.deliveries.push_back(std::move(delivery));
  return message;
}

void add_picture(NewMessage& message, const std::string& url) {
  Part part;
  part.source_url = url;
  message.parts.push_back(std::move(part));
  for (NewDelivery& each : message.deliveries) ++each.slice.part_count;
}

Blob make_blob(char digit) {
  Blob blob{.id = *BlobId::parse(std::string(32, digit))};
  blob.type = "image/png";
  blob.name = "cat.png";
  blob.size = 1234;
  blob.sha256 = std::string(64, digit);
  blob.created_at = kNow;
  blob.until = kNow + std::chrono::hours(24);
  return blob;
}

}  // namespace mmsgate::store::kit
