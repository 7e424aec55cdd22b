// SPDX-License-Identifier: Apache-2.0
// Phones log in before they send a file: HTTP digest (RFC 7616) with the sub account's own SIP password, which Linphone
// answers by itself. On the web thread.
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "formats/ip_address.hpp"
#include "formats/phone_login.hpp"
#include "web/nonces.hpp"
#include "web/server.hpp"
#include "web/slow_down.hpp"

namespace mmsgate::web {

/// What the head of a phone's upload says of who it is.
struct LoginTry {
  std::string method, path;   ///< The path with percent signs decoded.
  std::string authorization;  ///< Empty: it has not been asked yet.
  std::string from;           ///< The From header; empty: none.
  std::string agent;          ///< What its program calls itself; empty: nothing.
  formats::IpAddress client;
};

class UploadLogin {
 public:
  using Clock = std::chrono::steady_clock;

  UploadLogin(const Options& options, Site& site)
      : domain_(options.login_domain), site_(site), nonces_(options.login_secret) {}

  /// The account whose password it knows, and whose file it is; or the answer that refuses it.
  [[nodiscard]] std::expected<std::string, Response> check(const LoginTry& attempt, Clock::time_point now);

 private:
  [[nodiscard]] std::string realm_of(const LoginTry& attempt) const;
  [[nodiscard]] Response challenge(const LoginTry& attempt, bool is_stale, Clock::time_point now);
  enum class Verdict { right, wrong, no_such_account, not_known_yet };
  [[nodiscard]] Verdict judge(const formats::DigestLogin& login, const std::string& method);
  /// What was found wrong, by who need not wait.
  [[nodiscard]] Response refuse(Verdict verdict, const formats::DigestLogin& login, const LoginTry& attempt,
                                Clock::time_point now);

  const std::string domain_;
  Site& site_;
  Nonces nonces_;
  SlowDown slow_down_;
};

}  // namespace mmsgate::web
