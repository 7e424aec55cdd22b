// SPDX-License-Identifier: Apache-2.0
// The registrar thread: asks Kamailio before each MESSAGE, so that a phone that is not there costs no SIP transaction,
// and looks now and then whether Kamailio was started anew.
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
  AskKamailio(KamailioOptions options, OnProxy on_proxy)
      : domain_(std::move(options.domain)),
        look_every_(options.look_every),
        rpc_(std::move(options.rpc_socket)),
        on_proxy_(std::move(on_proxy)) {
    loop_.post([this] { look_for_a_new_start(); });
  }

  void find(const std::string& account, Found done) override {
    loop_.post(
        [this, account, asked = Steady::now(), done = std::move(done)]() mutable { done(look_up(account, asked)); });
  }

 private:
  using Steady = std::chrono::steady_clock;

  Result<Contact> look_up(const std::string& account, Steady::time_point asked) {
    // What was asked while Kamailio kept another waiting shares its fate: a queue must not wait a second for each.
    if (asked < failed_at_) return std::unexpected(failure_);
    const auto registered = is_registered(fmt::format("{}@{}", account, domain_));
    if (!registered) {
      fail_all(registered.error());
      return std::unexpected(failure_);
    }
    if (!*registered) return fail(ErrorKind::transient, "the phone is not registered");
    // Asked last, or a Kamailio that was started anew since the last look would take it, keep it, and be thought to
    // have lost it.
    if (notice_a_new_start()) return std::unexpected(failure_);
    return plain_contact(account, domain_);
  }
  void fail_all(Error why) {
    failure_ = std::move(why);
    failed_at_ = Steady::now();
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

  void look_for_a_new_start() {
    static_cast<void>(notice_a_new_start());
    loop_.post_after(look_every_, [this] { look_for_a_new_start(); });
  }
  /// Another answers than the one that answered last. One that does not say since when it runs is asked in vain: no
  /// message has to wait for that.
  [[nodiscard]] bool notice_a_new_start() {
    const auto answer = rpc_.ask("core.uptime", {});
    const auto since = answer ? formats::parse_uptime(*answer) : std::unexpected(answer.error());
    if (!since) return false;
    const std::string before = std::exchange(up_since_, *since);
    if (before == *since) return false;
    on_proxy_(fmt::format("Kamailio since {}", *since));
    if (before.empty()) return false;
    // What waits since the former one must go first: the turn of what was asked before comes in a moment.
    fail_all({ErrorKind::transient, "Kamailio was started anew just now"});
    return true;
  }

  const std::string domain_;
  const std::chrono::milliseconds look_every_;
  KamailioRpc rpc_;  // this and all below is the registrar thread's
  OnProxy on_proxy_;
  std::string up_since_;
  Error failure_;
  Steady::time_point failed_at_{};
  runtime::Loop loop_{"registrar"};  // last: it ends first
};

}  // namespace

std::unique_ptr<Registrations> ask_kamailio(KamailioOptions options, OnProxy on_proxy) {
  return std::make_unique<AskKamailio>(std::move(options), std::move(on_proxy));
}

}  // namespace mmsgate::sip
