// SPDX-License-Identifier: Apache-2.0
// The registrar thread: asks Kamailio before each MESSAGE, so that a phone that is not there costs no SIP transaction.
#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "formats/kamailio_answer.hpp"
#include "runtime/loop.hpp"
#include "sip/kamailio_rpc.hpp"
#include "sip/registrations.hpp"

namespace mmsgate::sip {
namespace {

class AskKamailio final : public Registrations {
 public:
  AskKamailio(std::string domain, std::string socket) : domain_(std::move(domain)), rpc_(std::move(socket)) {}

  void find(const std::string& account, Found done) override {
    loop_.post(
        [this, account, asked = Steady::now(), done = std::move(done)]() mutable { done(look_up(account, asked)); });
  }

 private:
  using Steady = std::chrono::steady_clock;

  Result<Contact> look_up(const std::string& account, Steady::time_point asked) {
    // What was asked while Kamailio kept another waiting shares its fate: a queue must not wait a second for each.
    if (asked < failed_at_) return std::unexpected(failure_);
    const std::string aor = fmt::format("{}@{}", account, domain_);
    const auto registered = is_registered(aor);
    if (!registered) {
      failure_ = registered.error();
      failed_at_ = Steady::now();
      return std::unexpected(failure_);
    }
    if (!*registered) return fail(ErrorKind::transient, "the phone is not registered");
    return plain_contact(account, domain_);
  }

  Result<bool> is_registered(const std::string& aor) {
    const auto answer = rpc_.ask("ul.lookup", {"location", aor});
    if (!answer) return std::unexpected(answer.error());
    const TimePoint now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    const auto phones = formats::parse_ul_lookup(*answer, now, domain_);
    if (!phones) return std::unexpected(phones.error());
    // What has expired stays in Kamailio's table for a while.
    return std::ranges::any_of(*phones, [now](const Registration& phone) { return !is_over(phone, now); });
  }

  const std::string domain_;
  KamailioRpc rpc_;  // the registrar thread's, as are the next two
  Error failure_;
  Steady::time_point failed_at_{};
  runtime::Loop loop_{"registrar"};  // last: it ends first
};

}  // namespace

std::unique_ptr<Registrations> ask_kamailio(std::string domain, std::string rpc_socket) {
  return std::make_unique<AskKamailio>(std::move(domain), std::move(rpc_socket));
}

}  // namespace mmsgate::sip
