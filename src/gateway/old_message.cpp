// SPDX-License-Identifier: Apache-2.0
#include "gateway/old_message.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "formats/http_fields.hpp"
#include "formats/rcs_file.hpp"
#include "gateway/outbound_plan.hpp"

namespace mmsgate::gateway {
namespace {

constexpr const char* kOldProvider = "mmsgate1";

/// What a row carries: text, or files.
struct Content {
  std::string text;
  std::vector<Part> parts;
  std::string trouble;  ///< Why there is nothing.
};

/// The first MMSGate put file names into its XML as they were: "salt & pepper.jpg" made it no XML.
std::string with_ampersands_escaped(const std::string& xml) {
  std::string out;
  for (std::size_t i = 0; i < xml.size(); ++i) {
    out += xml[i];
    if (xml[i] != '&') continue;
    const auto end = xml.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789#", i + 1);
    if (end == std::string::npos || end == i + 1 || xml[end] != ';') out += "amp;";
  }
  return out;
}

Content content_of(const store::OldRow& row, const Links& links, const FindBlob& find_blob) {
  if (row.type != "MMS") return {.text = row.message};
  auto files = formats::parse_rcs_files(row.message);
  if (!files) files = formats::parse_rcs_files(with_ampersands_escaped(row.message));
  if (!files || files->empty()) return {.trouble = "the XML of its files cannot be read"};
  Content content;
  for (const formats::RcsFile& file : *files) {
    Part& part = content.parts.emplace_back();
    part = {.type = file.type,
            .name = formats::clean_file_name(file.name),
            .size = file.size,
            .source_url = file.url,
            .state = PartState::stored};
    const auto name = links.name_in(file.url);
    const auto named = name ? links.read(*name) : std::nullopt;
    const auto blob = named ? find_blob(named->blob) : std::nullopt;
    if (!blob || !opens(*named, *blob)) continue;  // its bytes are where the link says, or nowhere
    part.blob = blob->id;
    part.until = blob->until;
    part.type = blob->type;
    part.size = blob->size;
  }
  return content;
}

std::string state_there(const store::OldRow& row) {
  return fmt::format("{} there, after {} {}", row.status, row.tries, row.tries == 1 ? "try" : "tries");
}

bool has_carrier_id(const store::OldRow& row) { return !row.carrier_id.empty() && row.carrier_id != "0"; }

/// The message that the row is of, but for its text, parts and deliveries.
NewMessage frame(const store::OldRow& row, std::size_t nth) {
  NewMessage message;
  message.source = Source::imported;
  message.received_at = row.received;
  message.provider = kOldProvider;
  message.provider_id = fmt::format("{}|{}|{}|{}", to_unix_ms(row.received) / 1000, row.from, row.to, nth);
  return message;
}

NewDelivery whole(const NewMessage& message, Target target, std::string destination, std::string reason) {
  return {.target = target,
          .destination = std::move(destination),
          .slice = {.text_bytes = message.text.size(), .part_count = static_cast<int>(message.parts.size())},
          .state = State::accepted,
          .reason = std::move(reason)};
}

void give_up(NewMessage& message, const store::OldRow& row, std::string reason) {
  const Target target = row.outgoing ? Target::carrier : Target::phone;
  message.raw = row.message;
  message.deliveries = {whole(message, target, "", std::move(reason))};
  message.deliveries.front().state = State::failed;
}

NewMessage to_phone(const store::OldRow& row, std::size_t nth, Content content, const Directory& directory,
                    Random& random) {
  NewMessage message = frame(row, nth);
  message.text = std::move(content.text);
  message.parts = std::move(content.parts);
  message.peer = peer_form(row.from);
  if (!row.did.empty()) {
    message.own = peer_form(row.did);
  } else if (const SubAccount* callee = directory.find(row.to)) {
    message.own = callee->extension;
  }
  if (has_carrier_id(row)) {
    message.provider = "voipms";
    message.provider_id = row.carrier_id;
  } else if (const SubAccount* caller = directory.with_extension(row.from)) {
    message.direction = Direction::extension;
    message.account = caller->id.value;
  }
  if (!content.trouble.empty()) {
    give_up(message, row, std::move(content.trouble));
    return message;
  }
  NewDelivery& delivery = message.deliveries.emplace_back(whole(message, Target::phone, row.to, state_there(row)));
  if (is_done(row)) return message;
  delivery.state = State::queued;
  delivery.call_id = make_call_id(random, row.received);
  return message;
}

/// It has gone where it had to: how it was cut does not matter any more.
NewMessage gone(const store::OldRow& row, std::size_t nth, Content content, const Directory& directory) {
  NewMessage message = frame(row, nth);
  const SubAccount* callee = directory.with_extension(row.to);
  message.direction = callee == nullptr ? Direction::outbound : Direction::extension;
  message.account = row.from;
  message.text = std::move(content.text);
  message.parts = std::move(content.parts);
  message.peer = peer_form(row.to);
  const SubAccount* sender = directory.find(row.from);
  if (sender != nullptr && sender->caller_id) message.own = sender->caller_id->national();
  // To an extension it went by a row of its own, which is that of the delivery.
  if (callee == nullptr) message.deliveries = {whole(message, Target::carrier, message.peer, state_there(row))};
  return message;
}

NewMessage from_phone(const store::OldRow& row, std::size_t nth, Content content, const Directory& directory,
                      const Settings& settings, const Links& links, Random& random) {
  if (is_done(row)) return gone(row, nth, std::move(content), directory);
  const SubAccount* sender = directory.find(row.from);
  std::string trouble = std::move(content.trouble);
  if (sender == nullptr) trouble = fmt::format("there is no sub account {} any more", row.from);
  if (trouble.empty()) {
    sip::Request request;
    request.from_user = row.from;
    request.to_user = row.to;
    auto planned = plan_outbound(request, {.text = content.text}, content.parts, *sender, directory, settings, links,
                                 row.received, random);
    if (auto* message = std::get_if<NewMessage>(&planned)) {
      const NewMessage named = frame(row, nth);
      message->source = named.source;
      message->provider = named.provider;
      message->provider_id = named.provider_id;
      message->subject_id.clear();
      for (NewDelivery& delivery : message->deliveries) delivery.reason = state_there(row);
      return std::move(*message);
    }
    trouble = std::get<Refusal>(planned).phrase;
  }
  NewMessage message = gone(row, nth, std::move(content), directory);
  give_up(message, row, std::move(trouble));
  return message;
}

}  // namespace

bool is_done(const store::OldRow& row) { return row.status == "200" || row.status == "202"; }

store::Import plan_import(const store::OldRow& row, std::size_t nth, const Directory& directory,
                          const Settings& settings, const Links& links, const FindBlob& find_blob, TimePoint now,
                          Random& random) {
  Content content = content_of(row, links, find_blob);
  store::Import import;
  import.piece = row.outgoing ? from_phone(row, nth, std::move(content), directory, settings, links, random)
                              : to_phone(row, nth, std::move(content), directory, random);
  import.is_whole = import.piece.provider == kOldProvider;
  import.was_tried = row.tries > 0;
  import.at = std::max(row.tried, row.received);
  // The carrier's log is searched from here on for what may have been sent; so not from today for what was tried
  // yesterday.
  constexpr auto kLongestBack = std::chrono::hours(24);
  import.born_at = import.was_tried ? std::clamp(row.tried, now - kLongestBack, now) : now;
  return import;
}

}  // namespace mmsgate::gateway
