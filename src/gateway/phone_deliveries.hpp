// SPDX-License-Identifier: Apache-2.0
// A message on its way to a phone of the house, whoever sent it. Pure; any thread.
#pragma once

#include "core/directory.hpp"
#include "core/message.hpp"
#include "core/random.hpp"
#include "core/send_plan.hpp"

namespace mmsgate::gateway {

/// Adds a delivery to the phone of `account` for each MESSAGE that the row's text and parts take.
void add_phone_deliveries(NewMessage& row, const AccountId& account, Layout layout, Random& random);

}  // namespace mmsgate::gateway
