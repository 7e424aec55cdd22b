// SPDX-License-Identifier: Apache-2.0
#include "gateway/outbound_plan.hpp"

#include <utility>

#include <fmt/format.h>

namespace mmsgate::gateway {
namespace {

/// How the one who gets it sees the sender: by extension, else by number, else by account.
std::string shown_as(const SubAccount& sender) {
  if (!sender.extension.empty()) return sender.extension;
  return sender.caller_id ? sender.caller_id->national() : sender.id.value;
}

void turn_to_extension(NewMessage& row, const SubAccount& sender, const SubAccount& callee, Layout layout,
                       Random& random) {
  row.direction = Direction::extension;
  row.own = callee.extension;
  row.peer = shown_as(sender);
  for (const Slice& slice : plan_for_phone(row.text, static_cast<int>(row.parts.size()), layout)) {
    row.deliveries.push_back({.target = Target::phone,
                              .destination = callee.id.value,
                              .slice = slice,
                              .call_id = make_call_id(random, row.received_at)});
  }
}

}  // namespace

std::variant<NewMessage, Refusal> plan_outbound(const sip::Request& request, const formats::PhoneContent& content,
                                                std::vector<Part> parts, const SubAccount& sender,
                                                const Directory& directory, const Settings& settings, TimePoint now,
                                                Random& random) {
  const std::string& dialled = request.target_user.empty() ? request.to_user : request.target_user;
  NewMessage row;
  row.direction = Direction::outbound;
  row.provider = "sip";
  // A phone that sends again what it thinks was lost uses the same three (RFC 3261 8.1.1.4): then it is a repeat.
  row.provider_id = fmt::format("{}|{}|{}", request.call_id, request.cseq, request.from_tag);
  row.account = sender.id.value;
  row.text = content.text;
  row.subject_id = content.message_id.empty() ? request.call_id : content.message_id;
  row.received_at = now;
  row.parts = std::move(parts);
  if (looks_like_extension(dialled)) {
    const SubAccount* callee = directory.with_extension(dialled);
    if (callee == nullptr) return Refusal{404, "No such extension"};
    turn_to_extension(row, sender, *callee, settings.layout, random);
    return row;
  }
  const auto number = Number::parse(dialled);
  if (!number) return Refusal{404, "Not a phone number"};
  if (!sender.caller_id) return Refusal{403, "The sub account has no Caller ID number to send from"};
  row.own = sender.caller_id->national();
  row.peer = number->national();
  for (const Slice& slice : plan_for_carrier(row.text, static_cast<int>(row.parts.size()), settings.carrier_limits)) {
    row.deliveries.push_back({.target = Target::carrier, .destination = row.peer, .slice = slice});
  }
  return row;
}

}  // namespace mmsgate::gateway
