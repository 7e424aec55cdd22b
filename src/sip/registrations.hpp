// SPDX-License-Identifier: Apache-2.0
// Who is registered where: asks the proxy before a MESSAGE is sent.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/error.hpp"

namespace mmsgate::sip {

/// Where a MESSAGE for an account is to go.
struct Contact {
  std::string request_uri;  ///< "sip:123456_bob@example.org"
  std::string domain;       ///< The domain of the registration: what From and To are written with.
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

/// "Send to the proxy, it knows": every account is at sip:ACCOUNT@domain.
[[nodiscard]] std::unique_ptr<Registrations> ask_nobody(std::string domain);

/// Asks Kamailio (jsonrpcs, `ul.lookup location ACCOUNT@domain`) over its datagram socket. Has a thread of its own.
[[nodiscard]] std::unique_ptr<Registrations> ask_kamailio(std::string domain, std::string rpc_socket);

}  // namespace mmsgate::sip
