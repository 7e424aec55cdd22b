// SPDX-License-Identifier: Apache-2.0
// Who is registered where: asks the proxy before a MESSAGE is sent.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "formats/flexisip_answer.hpp"

namespace mmsgate::sip {

/// Where a MESSAGE for an account is to go.
struct Contact {
  std::string request_uri;     ///< "sip:123456_bob@example.org"
  std::string domain;          ///< The domain of the registration: what From and To are written with.
  std::string scheme = "sip";  ///< "sip" or "sips": likewise. It is part of what a phone tells conversations apart by.
};

/// find() may be called from any thread; `done` is called on any thread, perhaps before find() returns, and must only
/// post.
class Registrations {
 public:
  using Found = std::move_only_function<void(Result<Contact>)>;
  virtual ~Registrations() = default;
  /// transient: not registered now, or the proxy cannot be asked; the detail says which.
  virtual void find(const std::string& account, Found done) = 0;
};

/// sip:ACCOUNT@domain
[[nodiscard]] Contact plain_contact(const std::string& account, const std::string& domain);

/// "Send to the proxy, it knows": every account is at sip:ACCOUNT@domain.
[[nodiscard]] std::unique_ptr<Registrations> ask_nobody(std::string domain);

/// A proxy answers that was not seen before: at the first answer, and after each start of it. One life of it has one
/// name. Called on the registrar thread.
using OnProxy = std::move_only_function<void(std::string name)>;

struct KamailioOptions {
  std::string domain;
  std::string rpc_socket;
  std::chrono::milliseconds look_every{5000};  ///< How often it is looked whether it was started anew.
};

/// Asks Kamailio (jsonrpcs, `ul.lookup location ACCOUNT@domain`) over its datagram socket. Has a thread of its own.
[[nodiscard]] std::unique_ptr<Registrations> ask_kamailio(KamailioOptions options, OnProxy on_proxy);

struct FlexisipOptions {
  std::string socket;  ///< Path of the control socket; empty: looked for.
  std::string pid_file = "/var/run/flexisip-proxy.pid";
  std::string folder = "/tmp";  ///< Where it is looked for: flexisip-proxy-PID, as Flexisip names it.
  formats::ContactRoute form = formats::ContactRoute::ctrt;
  std::string domain_without;             ///< Not empty: until a Flexisip has been seen, as ask_nobody(domain_without).
  std::chrono::milliseconds fresh{2000};  ///< An answer is good for so long.
  std::chrono::milliseconds look_every{
      5000};  ///< How often it is looked whether a missing phone has come, or a new Flexisip.
};

/// An account that could not be found before has a registered phone now. Called on the registrar thread.
using OnRegistered = std::move_only_function<void(const std::string& account)>;

/// Asks Flexisip's control socket. Has a thread of its own.
[[nodiscard]] std::unique_ptr<Registrations> ask_flexisip(FlexisipOptions options, OnRegistered on_registered,
                                                          OnProxy on_proxy);

}  // namespace mmsgate::sip
