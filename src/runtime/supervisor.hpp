// SPDX-License-Identifier: Apache-2.0
// Who started this process and looks after it: systemd, for a unit with Type=notify (sd_notify(3)). The protocol is one
// datagram a word, and promised to stay as it is; a library for it would be a further one in memory. Main thread.
#pragma once

#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::runtime {

class Supervisor {
 public:
  /// What the environment says of it.
  struct Place {
    std::string socket;    ///< $NOTIFY_SOCKET: a path, or '@' and an abstract name. Empty: nobody listens.
    std::string watchdog;  ///< $WATCHDOG_USEC.
    std::string pid;       ///< $WATCHDOG_PID: whom the watchdog is for; empty: whoever is started.
  };
  [[nodiscard]] static Place from_environment();

  /// rejected: there is a socket that nothing can be sent to; the detail says why.
  [[nodiscard]] static Result<Supervisor> open(const Place& place);

  [[nodiscard]] bool is_there() const { return socket_.is_open(); }
  /// It ends us when it has not heard "WATCHDOG=1" for so long. Nothing: it does not.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

  /// Lines such as "READY=1\nSTATUS=serves". transient: they could not be sent. Nobody there: true.
  [[nodiscard]] Result<bool> tell(std::string_view lines) const;

 private:
  Supervisor() = default;

  Descriptor socket_;
  sockaddr_un address_{};
  socklen_t length_ = 0;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace mmsgate::runtime
