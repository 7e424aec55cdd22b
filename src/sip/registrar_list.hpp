// SPDX-License-Identifier: Apache-2.0
// Everybody who is registered, for the command line; src/sip/registrations.hpp is for who sends. Blocks for some
// seconds at most; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/registration.hpp"
#include "sip/flexisip_socket.hpp"

namespace mmsgate::sip {

struct Listing {
  std::vector<Registration> registrations;
  std::vector<std::string> troubles;  ///< A sentence for each address that could not be looked at.
  std::string who;  ///< Who answered; another than before: it was started anew. Empty: it does not say.
};

class RegistrarList {
 public:
  virtual ~RegistrarList() = default;
  /// transient, corrupt: it cannot be asked, or answers nonsense; the detail says which.
  [[nodiscard]] virtual Result<Listing> read() = 0;
  [[nodiscard]] virtual std::string name() const = 0;
};

[[nodiscard]] std::unique_ptr<RegistrarList> list_flexisip(FlexisipSocket::Options options);
/// `domain`: of accounts that Kamailio keeps without one.
[[nodiscard]] std::unique_ptr<RegistrarList> list_kamailio(std::string domain, std::string rpc_socket);

}  // namespace mmsgate::sip
