// SPDX-License-Identifier: Apache-2.0
#include "gateway/outbound_plan.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/send_plan.hpp"
#include "gateway/phone_deliveries.hpp"

namespace mmsgate::gateway {
namespace {

void turn_to_extension(NewMessage& row, const SubAccount& sender, const SubAccount& callee, Layout layout,
                       Random& random) {
  row.direction = Direction::extension;
  row.own = callee.extension;
  row.peer = shown_as(sender);
  add_phone_deliveries(row, callee.id, layout, random);
}

/// Files that cannot go as MMS go as links by SMS, in the message's text and behind its other files.
void turn_to_carrier(NewMessage& row, const Settings& settings, const Links& our_links) {
  const auto links_begin = std::stable_partition(
      row.parts.begin(), row.parts.end(), [&](const Part& part) { return goes_as_mms(part, settings.outgoing); });
  const auto media = static_cast<int>(links_begin - row.parts.begin());
  std::vector<std::string> links;
  std::transform(links_begin, row.parts.end(), std::back_inserter(links),
                 [&](const Part& part) { return our_links.of(part, row.peer); });
  LinkPlan with_links = plan_links(row.text, links, settings.carrier_limits, media == 0);
  std::vector<Slice> slices;
  if (!with_links.has_caption) slices = plan_for_carrier(row.text, media, settings.carrier_limits);
  std::ranges::move(with_links.slices, std::back_inserter(slices));
  for (const Slice& slice : slices) {
    row.deliveries.push_back({.target = Target::carrier, .destination = row.peer, .slice = slice});
  }
  row.text = std::move(with_links.text);
}

}  // namespace

std::string shown_as(const SubAccount& sender) {
  if (!sender.extension.empty()) return sender.extension;
  return sender.caller_id ? sender.caller_id->national() : sender.id.value;
}

const std::string& dialled(const sip::Request& request) {
  return request.target_user.empty() ? request.to_user : request.target_user;
}

std::string provider_id_of(const sip::Request& request) {
  return fmt::format("{}|{}|{}", request.call_id, request.cseq, request.from_tag);
}

std::variant<NewMessage, Refusal> plan_outbound(const sip::Request& request, const formats::PhoneContent& content,
                                                std::vector<Part> parts, const SubAccount& sender,
                                                const Directory& directory, const Settings& settings,
                                                const Links& links, TimePoint now, Random& random) {
  const std::string& to = dialled(request);
  NewMessage row;
  row.direction = Direction::outbound;
  row.provider = kFromPhones;
  row.provider_id = provider_id_of(request);
  row.account = sender.id.value;
  row.text = content.text;
  row.subject_id = content.message_id.empty() ? request.call_id : content.message_id;
  row.received_at = now;
  row.parts = std::move(parts);
  if (looks_like_extension(to)) {
    const SubAccount* callee = directory.with_extension(to);
    if (callee == nullptr) return Refusal{404, "No such extension"};
    turn_to_extension(row, sender, *callee, settings.layout, random);
    return row;
  }
  const auto number = Number::parse(to);
  if (!number) return Refusal{404, "Not a phone number"};
  if (!sender.caller_id) return Refusal{403, "The sub account has no Caller ID number to send from"};
  row.own = sender.caller_id->national();
  row.peer = number->national();
  turn_to_carrier(row, settings, links);
  return row;
}

}  // namespace mmsgate::gateway
