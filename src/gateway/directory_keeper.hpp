// SPDX-License-Identifier: Apache-2.0
// Keeps the directory of sub accounts: from the store at once, so that a start without internet works, then from
// VoIP.ms, at start and each hour.
//
// Lives on the gateway's loop; the public members may be called from any thread.
#pragma once

#include <vector>

#include "gateway/world.hpp"
#include "voipms/api.hpp"

namespace mmsgate::gateway {

class DirectoryKeeper {
 public:
  /// `api` must outlive it.
  DirectoryKeeper(World world, voipms::Api& api) : world_(world), api_(api) {}

  /// Publishes what the store knows, before it returns, and asks VoIP.ms. The error is the store's.
  [[nodiscard]] Result<bool> start();

 private:
  void refresh();
  void on_answer(Result<std::vector<SubAccount>> answer);
  void publish(std::vector<SubAccount> accounts);

  World world_;
  voipms::Api& api_;
  int failures_ = 0;
};

}  // namespace mmsgate::gateway
