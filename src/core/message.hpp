// SPDX-License-Identifier: Apache-2.0
// A message as the gateway keeps it: who, to whom, what, and where it still has to go. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/delivery_state.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

namespace mmsgate {

/// Which way a message travels.
enum class Direction {
  inbound,    ///< From the carrier to phones.
  outbound,   ///< From a phone to the carrier.
  extension,  ///< From a phone or a script to a phone of the same house; no carrier.
};

/// What it is. The numbers are stored; do not renumber.
enum class Kind {
  message,  ///< What a person wrote.
  notice,   ///< What the gateway says in words: why a message did not arrive. Never answered by another notice.
  receipt,  ///< An IMDN for a phone's own message (RFC 5438): its ticks.
};

/// How we know of what a provider brings. The numbers are stored; do not renumber.
enum class Source {
  told,      ///< It came by itself.
  logged,    ///< We found it in the provider's log.
  imported,  ///< It was told to the first MMSGate, whose database we have taken over.
};

enum class PartState {
  wanted,  ///< Its bytes are still at `source_url`.
  stored,  ///< Its bytes are the blob.
  lost,    ///< They could not be had; `reason` says why, and so will the delivered message.
};

/// A picture, sound or film of a message.
struct Part {
  PartId id;
  std::string type;        ///< MIME type without parameters, e.g. "image/png".
  std::string name;        ///< As the sender called it; any characters; only ever shown or put in escaped fields.
  std::uint64_t size = 0;  ///< Bytes; 0 while unknown.
  std::string source_url;  ///< Where it came from; empty when a phone uploaded it to us.
  std::optional<BlobId> blob;
  std::optional<TimePoint> until;  ///< The blob is kept at least so long.
  PartState state = PartState::wanted;
  std::string reason;
};

/// Where a delivery goes.
enum class Target {
  phone,    ///< To the SIP account `destination`, through the proxy.
  carrier,  ///< To the number `destination`, through the provider's API.
};

/// What of its message a delivery carries: `text_bytes` of the text from `text_at` on, and `part_count` parts from
/// `first_part` on.
struct Slice {
  std::size_t text_at = 0;
  std::size_t text_bytes = 0;
  int first_part = 0;
  int part_count = 0;
  bool operator==(const Slice&) const = default;
};

/// A delivery that is yet to be stored.
struct NewDelivery {
  Target target = Target::phone;
  std::string destination;  ///< Account or national number; empty where nobody could be named (then `state` is failed).
  Slice slice;
  std::string call_id;  ///< Target::phone: the SIP Call-ID for life.
  State state = State::queued;
  std::string reason;     ///< For the event log: why it is in that state.
  std::string result_id;  ///< State::accepted: the carrier's id of it.
};

/// A message that is yet to be stored. (provider, provider_id, own) is its identity: storing it again changes nothing.
struct NewMessage {
  Direction direction = Direction::inbound;
  Kind kind = Kind::message;
  std::string provider;     ///< "voipms", "sip", "upload" or "mmsgate".
  std::string provider_id;  ///< The provider's id; for SIP: Call-ID, CSeq and From tag; for an upload: its file's.
  Source source = Source::told;
  std::string own;      ///< Our number (national) or extension in this conversation.
  std::string peer;     ///< The other side, in the one form that phones are shown.
  std::string account;  ///< The sub account that sent it; empty when the carrier or a script did.
  std::string text;
  std::string subject_id;    ///< The id that the sender's phone knows it by, for receipts (RFC 5438 message-id).
  std::string participants;  ///< Others that it was sent to, separated by commas: a group.
  std::string raw;           ///< As it came, for what we do not understand yet.
  TimePoint received_at;     ///< When we got it.
  TimePoint logged_at;       ///< Source::logged: when the provider got it.
  std::vector<Part> parts;
  std::vector<NewDelivery> deliveries;
};

[[nodiscard]] std::string_view to_string(Direction direction);
[[nodiscard]] std::string_view to_string(Kind kind);
[[nodiscard]] std::string_view to_string(Target target);

}  // namespace mmsgate
