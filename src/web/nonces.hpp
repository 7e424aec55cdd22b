// SPDX-License-Identifier: Apache-2.0
// The nonces of digest logins (RFC 7616 3.3, 3.4): one proves by itself that it is ours and how old it is, so that who
// only asks for them fills no memory. What is remembered is how often those were used that came with a right login. On
// one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mmsgate::web {

class Nonces {
 public:
  using Clock = std::chrono::steady_clock;

  /// `secret`: what nobody can guess, anew at each start. Of more nonces in use than `most_used` the oldest end early.
  explicit Nonces(std::string secret, std::chrono::seconds lifetime = std::chrono::minutes(5),
                  std::size_t most_used = 4096)
      : secret_(std::move(secret)), lifetime_(lifetime), most_used_(most_used) {}

  [[nodiscard]] std::string make(Clock::time_point now);
  /// To be called for right logins alone. False: it is not ours, too old, or this count or a higher one was used with
  /// it. Its user may have a new one.
  [[nodiscard]] bool use(std::string_view nonce, std::uint32_t count, Clock::time_point now);

  [[nodiscard]] std::size_t remembered() const { return used_.size(); }

 private:
  using Stamp = std::pair<std::int64_t, std::uint64_t>;  ///< When it was made, in milliseconds; the how manieth it is.
  [[nodiscard]] std::string sign(const std::string& stamp) const;
  [[nodiscard]] std::optional<Stamp> read(std::string_view nonce) const;

  const std::string secret_;
  const std::chrono::milliseconds lifetime_;
  const std::size_t most_used_;
  std::uint64_t made_ = 0;
  Stamp ended_{};                        ///< This one and those before it have ended, whatever their age.
  std::map<Stamp, std::uint32_t> used_;  ///< The highest count.
};

}  // namespace mmsgate::web
