// SPDX-License-Identifier: Apache-2.0
// The way out to phones: finds where an account is registered and sends it a MESSAGE through the proxy.
#pragma once

#include "formats/composing.hpp"
#include "gateway/sender.hpp"
#include "gateway/world.hpp"
#include "sip/endpoint.hpp"
#include "sip/registrations.hpp"

namespace mmsgate::gateway {

class PhoneSender final : public Sender {
 public:
  PhoneSender(World world, sip::Registrations& registrations, sip::Endpoint& endpoint)
      : world_(world), registrations_(registrations), endpoint_(endpoint) {}

  void send(const store::Job& job, Report report) override;
  /// Shows on the phone of `account` that `peer` is typing. Once, or not at all; nobody is woken for it. The gateway's
  /// loop.
  void tell_typing(const std::string& account, const std::string& peer, const formats::Composing& composing);

 private:
  [[nodiscard]] sip::Outgoing compose(const store::Job& job, const sip::Contact& contact) const;
  /// A MESSAGE from `peer` to the phone of `account`; its Call-ID, headers and body are still to come.
  [[nodiscard]] sip::Outgoing address(const std::string& account, const std::string& peer,
                                      const sip::Contact& contact) const;

  World world_;
  sip::Registrations& registrations_;
  sip::Endpoint& endpoint_;
};

/// What the final answer to a MESSAGE means for its delivery. What the request itself is to blame for is refused; what
/// may be otherwise in a moment, or when a person has looked, is postponed. Pure.
[[nodiscard]] Verdict verdict_of_sip(int status, const std::string& phrase);

}  // namespace mmsgate::gateway
