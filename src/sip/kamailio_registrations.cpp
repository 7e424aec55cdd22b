// SPDX-License-Identifier: Apache-2.0
// The registrar thread: asks Kamailio before each MESSAGE, so that a phone that is not there costs no SIP transaction.
#include <utility>

#include <fmt/format.h>

#include "runtime/loop.hpp"
#include "sip/kamailio_rpc.hpp"
#include "sip/registrations.hpp"

namespace mmsgate::sip {
namespace {

class AskKamailio final : public Registrations {
 public:
  AskKamailio(std::string domain, std::string socket) : domain_(std::move(domain)), rpc_(std::move(socket)) {}

  void find(const std::string& account, Found done) override {
    loop_.post([this, account, done = std::move(done)]() mutable {
      const std::string aor = fmt::format("{}@{}", account, domain_);
      const auto registered = rpc_.is_registered(aor);
      if (!registered) return done(std::unexpected(registered.error()));
      if (!*registered) return done(fail(ErrorKind::transient, "the phone is not registered"));
      done(Contact{fmt::format("sip:{}", aor), domain_});
    });
  }

 private:
  const std::string domain_;
  KamailioRpc rpc_;                  // the registrar thread's
  runtime::Loop loop_{"registrar"};  // last: it ends first
};

}  // namespace

std::unique_ptr<Registrations> ask_kamailio(std::string domain, std::string rpc_socket) {
  return std::make_unique<AskKamailio>(std::move(domain), std::move(rpc_socket));
}

}  // namespace mmsgate::sip
