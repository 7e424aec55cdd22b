// SPDX-License-Identifier: Apache-2.0
// Wakes a phone by push: runs Flexisip's own tool for it. Blocks for 30 seconds at most; one thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/registration.hpp"
#include "ops/child.hpp"

namespace mmsgate::ops {

class Pusher {
 public:
  /// `tools`: the folder of flexisip_pusher. `keys`: by Firebase project, the file of its key.
  Pusher(const std::string& tools, std::map<std::string, std::string> keys)
      : program_(tools + "/flexisip_pusher"), keys_(std::move(keys)) {}

  /// rejected: there is no key for it, or it is not woken this way. transient: the tool cannot be run.
  [[nodiscard]] Result<Ended> wake(const PushTarget& phone) const;
  /// The tool and its arguments. Errors as above. Pure.
  [[nodiscard]] Result<std::vector<std::string>> command_for(const PushTarget& phone) const;

 private:
  const std::string program_;
  const std::map<std::string, std::string> keys_;
};

/// The keys that flexisip.conf names. The detail says what of the file is wrong, and how to name another.
[[nodiscard]] Result<std::map<std::string, std::string>> load_push_keys(const std::string& flexisip_config);

}  // namespace mmsgate::ops
