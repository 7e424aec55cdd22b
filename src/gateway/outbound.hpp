// SPDX-License-Identifier: Apache-2.0
// The first half of the outbound and extension journeys: what a phone sends becomes rows, and gets its 202 once they
// are on disk. Receipts of phones end deliveries. Called on the sip thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "formats/phone_message.hpp"
#include "gateway/deliveries.hpp"
#include "gateway/flood_limits.hpp"
#include "gateway/outbound_plan.hpp"
#include "gateway/phone_sender.hpp"
#include "gateway/waiting_room.hpp"
#include "gateway/world.hpp"
#include "runtime/rarely.hpp"
#include "sip/endpoint.hpp"

namespace mmsgate::gateway {

class Outbound final : public sip::Receiver {
 public:
  /// `deliveries` must outlive it.
  Outbound(World world, Deliveries& deliveries) : world_(world), deliveries_(deliveries) {}

  /// By whom phones are told that another one types; from then on they are. `phones` must outlive the gateway's loop.
  void start(PhoneSender& phones) {
    world_.loop.post([this, &phones] { phones_ = &phones; });
  }

  void on_message(sip::Request request, sip::Responder responder) override;
  void on_registered(std::string account) override { deliveries_.on_registered(account); }
  void on_stranger(const std::string& source) override;
  void on_crowd(const std::string& source) override;

 private:
  /// Its phone sends again what it thinks was lost.
  [[nodiscard]] bool was_taken(const sip::Request& request) const;
  /// What was taken before hears so again, however much comes; all else is for later.
  void too_much(const sip::Request& request, std::chrono::seconds wait, sip::Responder responder);
  void accept(const sip::Request& request, const formats::PhoneContent& content, const SubAccount& sender,
              const Directory& directory, sip::Responder responder);
  /// The phone shows that it was not delivered; why, it is told in words, which are on disk by then.
  void refuse(const sip::Request& request, const SubAccount& sender, const Refusal& refusal, sip::Responder responder);
  void receipts(const formats::PhoneReceipts& receipts, const SubAccount& sender, sip::Responder responder);
  /// "Is typing" goes to another extension at once or not at all: it is stored nowhere.
  void pass_on(const formats::Composing& composing, const sip::Request& request, const SubAccount& sender,
               const Directory& directory);
  /// It is from whom the proxy says has logged in, as far as it says so.
  [[nodiscard]] bool is_genuine(const sip::Request& request);
  [[nodiscard]] Result<std::vector<Part>> parts_of(const std::vector<formats::RcsFile>& files) const;

  /// What waits beside the body of a MESSAGE: its addresses, the rows that are made of it, the stack's transaction.
  static constexpr std::size_t kAround = 4U << 10;
  /// Some four thousand texts, or fourteen of the largest. Receipts, which phones send once, and texts get in after
  /// those: a few hundred of them.
  static constexpr WaitingRoom::Size kWaiting{
      .most = 16U << 20, .small = kAround + (4U << 10), .kept_for_small = 2U << 20};

  World world_;
  Deliveries& deliveries_;
  WaitingRoom waiting_{kWaiting};  ///< MESSAGEs that have no answer yet.
  FloodLimits floods_{world_};
  PhoneSender* phones_ = nullptr;  ///< The gateway loop's.
  runtime::Rarely stranger_lines_{world_.clock, std::chrono::minutes(10)};
  runtime::Rarely crowd_lines_{world_.clock, std::chrono::minutes(10)};
  runtime::Rarely forged_lines_{world_.clock, std::chrono::minutes(10)};
  runtime::Rarely full_lines_{world_.clock, std::chrono::minutes(10)};
};

}  // namespace mmsgate::gateway
