// SPDX-License-Identifier: Apache-2.0
#include "store/importer.hpp"

#include <algorithm>

namespace mmsgate::store {

Importer::Importer(Database& db, EventLog& events, Lanes& lanes)
    : db_(db),
      events_(events),
      lanes_(lanes),
      find_(db,
            "SELECT id, source, text, part_count FROM messages WHERE provider = ? AND provider_id = ? AND "
            "(own = ? OR ?)"),
      insert_message_(
          db,
          "INSERT INTO messages (direction, kind, provider, provider_id, own, peer, account, text, subject_id, "
          "participants, raw, received_at, part_count, source) VALUES (?, 0, ?, ?, ?, ?, ?, '', '', '', ?, ?, 0, 2)"),
      set_text_(db, "UPDATE messages SET text = ? WHERE id = ?"),
      find_part_(db, "SELECT ordinal FROM parts WHERE message = ? AND source_url = ?"),
      insert_part_(
          db,
          "INSERT INTO parts (message, ordinal, type, name, size, source_url, blob, state, reason, tries, due_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, 1, '', 0, NULL)"),
      count_parts_(db, "UPDATE messages SET part_count = ? WHERE id = ?"),
      find_delivery_(db,
                     "SELECT 1 FROM deliveries WHERE message = ? AND destination = ? AND text_at = ? AND "
                     "text_bytes = ? AND first_part = ? AND part_count = ?"),
      insert_delivery_(db,
                       "INSERT INTO deliveries (message, target, destination, lane, blocking, waits_media, text_at, "
                       "text_bytes, first_part, part_count, call_id, state, tries, interrupted, born_at, due_at, "
                       "result_id) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')"),
      mark_(db,
            "INSERT INTO marks (name, at) VALUES ('imported', ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at") {
  static_assert(static_cast<int>(Source::imported) == 2 && static_cast<int>(PartState::stored) == 1 &&
                static_cast<int>(Kind::message) == 0);
}

Imported Importer::take(const std::vector<Import>& imports) {
  Imported sum;
  for (const Import& each : imports) sum += take(each);
  return sum;
}

void Importer::mark(TimePoint newest) { mark_.run(newest); }

Imported Importer::take(const Import& import) {
  Imported taken;
  auto message = find(import);
  // Taken before; or it came to us too, and is ours since then.
  if (message && (import.is_whole || message->source != Source::imported)) return {.known = 1};
  if (!message) {
    message = begin(import);
    taken.messages = 1;
  }
  const Slice place_of_piece = place(*message, import.piece);
  for (const NewDelivery& delivery : import.piece.deliveries) {
    Slice slice = delivery.slice;
    slice.text_at += place_of_piece.text_at;
    slice.first_part += place_of_piece.first_part;
    if (has_delivery(message->id, delivery, slice)) continue;
    add_delivery(message->id, import, delivery, slice);
    ++taken.deliveries;
    taken.waiting += delivery.state == State::queued ? 1 : 0;
  }
  taken.known = taken.deliveries == 0 ? 1 : 0;
  return taken;
}

std::optional<Importer::Known> Importer::find(const Import& import) {
  Known known;
  Cursor row = find_.query(import.piece.provider, import.piece.provider_id, import.piece.own, import.is_whole);
  if (!row.next()) return std::nullopt;
  row.read(known.id, known.source, known.text, known.part_count);
  return known;
}

Importer::Known Importer::begin(const Import& import) {
  const NewMessage& piece = import.piece;
  insert_message_.run(piece.direction, piece.provider, piece.provider_id, piece.own, piece.peer, piece.account,
                      piece.raw, piece.received_at);
  Known known{.id = MessageId{db_.last_row_id()}};
  events_.add(known.id, piece.received_at, "received", "taken over from the first MMSGate");
  return known;
}

Slice Importer::place(Known& message, const NewMessage& piece) {
  Slice slice;
  if (!piece.text.empty()) {
    slice.text_at = message.text.find(piece.text);
    if (slice.text_at == std::string::npos) {
      if (!message.text.empty()) message.text += '\n';
      slice.text_at = message.text.size();
      message.text += piece.text;
      set_text_.run(message.text, message.id);
    }
  }
  if (!piece.parts.empty()) {
    // The files of a row stand together: where the first is, the others follow.
    slice.first_part = place_part(message, piece.parts.front());
    std::for_each(piece.parts.begin() + 1, piece.parts.end(),
                  [&](const Part& part) { static_cast<void>(place_part(message, part)); });
  }
  return slice;
}

int Importer::place_part(Known& message, const Part& part) {
  {
    int ordinal = 0;
    Cursor row = find_part_.query(message.id, part.source_url);
    if (row.next()) {
      row.read(ordinal);
      return ordinal;
    }
  }
  const int ordinal = message.part_count++;
  insert_part_.run(message.id, ordinal, part.type, part.name, part.size, part.source_url, part.blob);
  count_parts_.run(message.part_count, message.id);
  return ordinal;
}

bool Importer::has_delivery(MessageId id, const NewDelivery& delivery, const Slice& slice) {
  Cursor row = find_delivery_.query(id, delivery.destination, slice.text_at, slice.text_bytes, slice.first_part,
                                    slice.part_count);
  return row.next();
}

void Importer::add_delivery(MessageId id, const Import& import, const NewDelivery& delivery, const Slice& slice) {
  const NewMessage& piece = import.piece;
  const std::string lane = Lanes::name(piece.kind, piece.own, piece.peer, delivery.target, delivery.destination);
  std::optional<Place> place;
  std::optional<TimePoint> due;
  if (delivery.state == State::queued) {
    place = lanes_.enter(lane);
    due = due_when_queued(place, false, import.born_at);
  }
  // Tried once: the next try asks the carrier first whether it was sent.
  insert_delivery_.run(id, delivery.target, delivery.destination, lane, place, slice.text_at, slice.text_bytes,
                       slice.first_part, slice.part_count, delivery.call_id, delivery.state, import.was_tried,
                       import.was_tried, import.born_at, due);
  events_.add(id, DeliveryId{db_.last_row_id()}, import.at, delivery.state, delivery.reason);
}

}  // namespace mmsgate::store
