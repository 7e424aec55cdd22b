// SPDX-License-Identifier: Apache-2.0
// The first half of the inbound journey: what the carrier's web hook brings becomes rows, and is answered once they are
// on disk. Thread-safe; called on web threads.
#pragma once

#include <functional>
#include <vector>

#include "formats/carrier_message.hpp"
#include "gateway/world.hpp"
#include "web/server.hpp"

namespace mmsgate::gateway {

class Inbound {
 public:
  /// `on_accepted` is called, on the store's thread, when there is something new to fetch or to deliver.
  Inbound(World world, std::function<void()> on_accepted) : world_(world), on_accepted_(std::move(on_accepted)) {}

  /// Answers 200 "ok" after COMMIT, for a repeat too; 400 with a reason to what cannot be read; 503 when the store
  /// cannot write or the directory was never read: then the carrier is to come again.
  void on_hook(const web::HookRequest& request, web::Reply reply);

 private:
  void accept(std::vector<NewMessage> messages, web::Reply reply);

  World world_;
  std::function<void()> on_accepted_;
};

/// One message for each of our numbers among the addressed, with a delivery to each sub account that has it as its
/// Caller ID number. None of them ours: one message that failed on arrival, and a word to its sender. `raw` is kept
/// where the message may hold more than we understand. Pure.
[[nodiscard]] std::vector<NewMessage> plan_inbound(const formats::CarrierMessage& message, std::string_view raw,
                                                   const Directory& directory, const Settings& settings, TimePoint now,
                                                   Random& random);

}  // namespace mmsgate::gateway
