// SPDX-License-Identifier: Apache-2.0
#include "store/accept.hpp"

#include <algorithm>

namespace mmsgate::store {
namespace {

bool carries_wanted(const Slice& slice, const std::vector<Part>& parts) {
  const auto size = static_cast<std::ptrdiff_t>(parts.size());
  const auto first = std::min<std::ptrdiff_t>(slice.first_part, size);
  const auto end = std::min<std::ptrdiff_t>(first + slice.part_count, size);
  return std::any_of(parts.begin() + first, parts.begin() + end,
                     [](const Part& part) { return part.state == PartState::wanted; });
}

}  // namespace

Acceptor::Acceptor(Database& db, EventLog& events, Lanes& lanes, Twins& twins)
    : db_(db),
      events_(events),
      lanes_(lanes),
      twins_(twins),
      insert_message_(
          db,
          "INSERT INTO messages (direction, kind, provider, provider_id, own, peer, account, text, subject_id, "
          "participants, raw, received_at, part_count, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (provider, provider_id, own) DO NOTHING"),
      find_message_(db, "SELECT id FROM messages WHERE provider = ? AND provider_id = ? AND own = ?"),
      insert_part_(
          db,
          "INSERT INTO parts (message, ordinal, type, name, size, source_url, blob, state, reason, tries, due_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)"),
      insert_delivery_(
          db,
          "INSERT INTO deliveries (message, target, destination, lane, blocking, waits_media, text_at, "
          "text_bytes, first_part, part_count, call_id, state, tries, interrupted, born_at, due_at, result_id) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?)") {}

Accepted Acceptor::accept(const std::vector<NewMessage>& messages) {
  Accepted accepted;
  for (const NewMessage& message : messages) {
    const auto id = add(message);
    accepted.ids.push_back(id ? *id : find(message));
    accepted.added += id ? 1 : 0;
  }
  return accepted;
}

std::optional<MessageId> Acceptor::add(const NewMessage& message) {
  const bool may_have_twin = message.direction == Direction::inbound && message.kind == Kind::message;
  if (may_have_twin && twins_.has_twin(message)) return std::nullopt;
  insert_message_.run(message.direction, message.kind, message.provider, message.provider_id, message.own, message.peer,
                      message.account, message.text, message.subject_id, message.participants, message.raw,
                      message.received_at, message.parts.size(), message.source);
  if (db_.changes() == 0) return std::nullopt;
  const MessageId id{db_.last_row_id()};
  add_parts(id, message);
  events_.add(id, message.received_at, "received",
              message.source == Source::logged ? "found in the provider's log; nobody had told us" : "");
  for (const NewDelivery& delivery : message.deliveries) add_delivery(id, message, delivery);
  return id;
}

void Acceptor::add_parts(MessageId id, const NewMessage& message) {
  int ordinal = 0;
  for (const Part& part : message.parts) {
    std::optional<TimePoint> due;
    if (part.state == PartState::wanted) due = message.received_at;
    insert_part_.run(id, ordinal++, part.type, part.name, part.size, part.source_url, part.blob, part.state,
                     part.reason, due);
  }
}

void Acceptor::add_delivery(MessageId id, const NewMessage& message, const NewDelivery& delivery) {
  const std::string lane = Lanes::name(message.kind, message.own, message.peer, delivery.target, delivery.destination);
  const bool waits_media = carries_wanted(delivery.slice, message.parts);
  std::optional<Place> place;
  std::optional<TimePoint> due;
  if (delivery.state == State::queued) {
    place = lanes_.enter(lane);
    due = due_when_queued(place, waits_media, message.received_at);
  }
  const Slice& slice = delivery.slice;
  insert_delivery_.run(id, delivery.target, delivery.destination, lane, place, waits_media, slice.text_at,
                       slice.text_bytes, slice.first_part, slice.part_count, delivery.call_id, delivery.state,
                       message.received_at, due, delivery.result_id);
  if (delivery.state != State::queued) {
    events_.add(id, DeliveryId{db_.last_row_id()}, message.received_at, delivery.state, delivery.reason);
  }
}

MessageId Acceptor::find(const NewMessage& message) {
  MessageId id;
  Cursor row = find_message_.query(message.provider, message.provider_id, message.own);
  if (row.next()) row.read(id);
  return id;
}

}  // namespace mmsgate::store
