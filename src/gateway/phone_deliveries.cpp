// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_deliveries.hpp"

namespace mmsgate::gateway {

void add_phone_deliveries(NewMessage& row, const AccountId& account, Layout layout, Random& random) {
  for (const Slice& slice : plan_for_phone(row.text, static_cast<int>(row.parts.size()), layout)) {
    row.deliveries.push_back({.target = Target::phone,
                              .destination = account.value,
                              .slice = slice,
                              .call_id = make_call_id(random, row.received_at)});
  }
}

}  // namespace mmsgate::gateway
