// SPDX-License-Identifier: Apache-2.0
// The first half of the inbound journey: what the carrier's web hook brings becomes rows, and is answered once they are
// on disk. What comes without a token is looked up in the carrier's log before. Thread-safe; called on web threads.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "formats/carrier_message.hpp"
#include "gateway/deliveries.hpp"
#include "gateway/hook_check.hpp"
#include "gateway/hook_tokens.hpp"
#include "gateway/world.hpp"
#include "web/server.hpp"

namespace mmsgate::gateway {

class Inbound {
 public:
  /// `tokens`, `check` and `deliveries` must outlive it. `on_accepted` is called, on the store's thread, when there is
  /// something new to fetch or to deliver.
  Inbound(World world, HookTokens& tokens, HookCheck& check, const Deliveries& deliveries,
          std::function<void()> on_accepted)
      : world_(world), tokens_(tokens), check_(check), deliveries_(deliveries), on_accepted_(std::move(on_accepted)) {}

  /// Answers 200 "ok" after COMMIT, for a repeat too; 400 with a reason to what cannot be read; 403 to what the log
  /// does not show; 503 when the store cannot write, the directory was never read, the log cannot be, or too
  /// many wait already: then the carrier is to come again.
  void on_hook(web::HookRequest request, web::Reply reply);

 private:
  /// Does its word count by itself? Nothing: it has none here.
  [[nodiscard]] std::optional<bool> is_believed(const web::HookRequest& request);
  void prove(Told told, web::Reply reply);
  void accept(std::vector<NewMessage> messages, web::Reply reply);

  World world_;
  HookTokens& tokens_;
  HookCheck& check_;
  const Deliveries& deliveries_;
  std::function<void()> on_accepted_;
};

/// One message for each of our numbers among the addressed, with a delivery to each sub account that has it as its
/// Caller ID number. None of them ours: one message that failed on arrival, and a word to its sender. `raw` is kept
/// where the message may hold more than we understand. Pure.
[[nodiscard]] std::vector<NewMessage> plan_inbound(const formats::CarrierMessage& message, std::string_view raw,
                                                   const Directory& directory, const Settings& settings, TimePoint now,
                                                   Random& random);

}  // namespace mmsgate::gateway
