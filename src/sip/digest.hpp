// SPDX-License-Identifier: Apache-2.0
// Shows a name and a password to who asks for them (RFC 3261 22; MD5, which is what SIP servers ask for). Lives on the
// sip thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sip/sofia.hpp"

struct auth_client_s;

namespace mmsgate::sip {

class Digest {
 public:
  Digest(std::string user, std::string password) : user_(std::move(user)), password_(std::move(password)) {}

  /// What the answer asks for (401, 407), in place of what was asked before. False: nothing that can be answered.
  [[nodiscard]] bool take(const sip_t& answer);
  /// Name and value of the headers that answer it; none when nothing has been asked. Each is for one request.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers(const char* method, const std::string& uri);

 private:
  const std::string user_, password_;
  std::unique_ptr<su_home_t, Deleter<su_home_unref>> home_;
  auth_client_s* asked_ = nullptr;  ///< In `home_`.
};

/// The same password has been refused although it was right when it was written: ask again with the new nonce.
[[nodiscard]] bool is_stale(const sip_t& answer);

}  // namespace mmsgate::sip
