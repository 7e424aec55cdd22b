// SPDX-License-Identifier: Apache-2.0
#include "web/connections.hpp"

#include <sys/socket.h>

namespace mmsgate::web {

void Connections::sweep() {
  const auto now = Clock::now();
  if (now < next_look_) return;
  next_look_ = now + std::chrono::seconds(1);
  const auto oldest = now - limit_;
  for (auto& [connection, since] : since_) {
    if (since > oldest) continue;
    const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    // Only the line is cut; libmicrohttpd sees that and takes the connection down itself.
    if (info != nullptr) ::shutdown(info->connect_fd, SHUT_RDWR);
    since = Clock::time_point::max();
  }
}

}  // namespace mmsgate::web
