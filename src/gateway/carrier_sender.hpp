// SPDX-License-Identifier: Apache-2.0
// The way out to the carrier. sendSMS and sendMMS cannot be told that a call is a repeat of another, so before any
// second try the carrier's own log is asked whether the first one came through (promise 3).
#pragma once

#include "gateway/links.hpp"
#include "gateway/sender.hpp"
#include "gateway/world.hpp"
#include "voipms/api.hpp"

namespace mmsgate::gateway {

/// Their clock and ours may differ, and a time zone may be taken for another one.
inline constexpr Duration kClockSlack = std::chrono::hours(2);

class CarrierSender final : public Sender {
 public:
  CarrierSender(World world, voipms::Api& api) : world_(world), api_(api) {}

  void send(const store::Job& job, Report report) override;

 private:
  void call(const store::Job& job, const std::shared_ptr<Report>& report);
  void ask_first(const store::Job& job, const std::shared_ptr<Report>& report);

  World world_;
  voipms::Api& api_;
};

/// What an error of the API means for the delivery. Pure.
[[nodiscard]] Verdict verdict_of_carrier(const Error& error);

/// The entry of the carrier's log that is this sending; null: it is not there. Entries that `is_known` says belong to
/// other deliveries do not count, so that the same words sent twice are two messages. Pure but for `is_known`.
[[nodiscard]] const formats::LoggedMessage* find_in_log(const std::vector<formats::LoggedMessage>& log,
                                                        const voipms::Sending& what, TimePoint since,
                                                        const std::function<bool(const std::string& id)>& is_known);

/// What is sent for a delivery. Pure.
[[nodiscard]] voipms::Sending sending_of(const store::Job& job, const Settings& settings, const Links& links);

}  // namespace mmsgate::gateway
