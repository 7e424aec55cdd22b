// SPDX-License-Identifier: Apache-2.0
// One question to Kamailio's jsonrpcs module over its datagram socket. Blocks for a second at most; one thread at a
// time.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::sip {

class KamailioRpc {
 public:
  /// `server`: the path of Kamailio's socket. Opened at the first question, so that Kamailio may start later.
  explicit KamailioRpc(std::string server) : server_(std::move(server)) {}
  ~KamailioRpc() { close(); }
  KamailioRpc(const KamailioRpc&) = delete;
  KamailioRpc& operator=(const KamailioRpc&) = delete;

  /// The answer as it came; see formats/kamailio_answer.hpp. transient: Kamailio cannot be asked; the detail says why.
  [[nodiscard]] Result<std::string> ask(const char* method, const std::vector<std::string>& parameters);

 private:
  [[nodiscard]] Result<bool> open();
  void close();
  [[nodiscard]] Result<bool> send(const std::string& question);
  [[nodiscard]] Result<std::string> receive(int id);

  const std::string server_;
  int fd_ = -1;
  int last_id_ = 0;
  std::vector<char> buffer_;
};

}  // namespace mmsgate::sip
