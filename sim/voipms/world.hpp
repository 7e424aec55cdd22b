// SPDX-License-Identifier: Apache-2.0
// What the parts of the simulator share. main() owns all of it; each member says who may call it.
#pragma once

#include <string>

#include "voipms/call_log.hpp"
#include "voipms/faults.hpp"
#include "voipms/message_log.hpp"
#include "voipms/outgoing.hpp"
#include "voipms/portal.hpp"
#include "voipms/tally.hpp"

namespace mmsgate_sim {

struct World {
  Portal& portal;
  MessageLog& log;
  Faults& faults;
  CallLog& calls;
  Outgoing& outgoing;
  Tally& tally;
  std::string media_base;  ///< What the URLs of served media begin with; no slash behind.
};

}  // namespace mmsgate_sim
