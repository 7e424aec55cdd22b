// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_deliveries.hpp"

#include <charconv>
#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace mmsgate::gateway {
namespace {

/// VoIP.ms numbers its messages. One that comes again after a backup was restored, from its log, is the same to the
/// phone that has it.
std::string call_id_for(const NewMessage& row, const std::string& account, const Slice& slice, Random& random) {
  std::uint64_t number = 0;
  const std::string& id = row.provider_id;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool is_numbered = row.provider == "voipms" && error == std::errc{} && end == id.data() + id.size();
  if (!is_numbered) return make_call_id(random, row.received_at);
  return make_call_id(number, fmt::format("{}|{}|{}|{}|{}|{}", row.own, account, slice.text_at, slice.text_bytes,
                                          slice.first_part, slice.part_count));
}

}  // namespace

void add_phone_deliveries(NewMessage& row, const AccountId& account, Layout layout, Random& random) {
  for (const Slice& slice : plan_for_phone(row.text, static_cast<int>(row.parts.size()), layout)) {
    row.deliveries.push_back({.target = Target::phone,
                              .destination = account.value,
                              .slice = slice,
                              .call_id = call_id_for(row, account.value, slice, random)});
  }
}

}  // namespace mmsgate::gateway
