// SPDX-License-Identifier: Apache-2.0
// One command to Flexisip's control socket (a Unix stream: the command, then its answer until Flexisip closes). Blocks
// for two seconds at most; one thread at a time.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::sip {

class FlexisipSocket {
 public:
  struct Options {
    std::string path;  ///< Empty: looked for, as below, at each question; Flexisip's next start has another name.
    std::string pid_file = "/var/run/flexisip-proxy.pid";
    std::string folder = "/tmp";  ///< Where sockets are called flexisip-proxy-PID.
  };
  explicit FlexisipSocket(Options options) : options_(std::move(options)) {}

  /// Who was spoken to last. Another than before: Flexisip was started anew.
  struct Peer {
    std::string path;   ///< Empty: nobody was there.
    int pid = 0;        ///< 0: not of our namespace.
    std::string since;  ///< When its socket was bound: what tells the lives apart of one who always has the same PID.
    bool operator==(const Peer&) const = default;
  };

  /// transient: it is not there, may not be opened, or did not answer in time; the detail says which, and where.
  [[nodiscard]] Result<std::string> ask(const std::string& command);
  [[nodiscard]] const Peer& peer() const { return peer_; }
  /// Whether somebody is there. Does not ask and does not wait, but is not for each second: Flexisip may log it.
  [[nodiscard]] bool meet();
  /// What can be seen of all that may be it without asking: another start of Flexisip makes another socket. Empty:
  /// nobody is there.
  [[nodiscard]] std::string traces() const;
  /// Something that may be it is there. Does not ask.
  [[nodiscard]] bool is_there() const { return !candidates().empty(); }

 private:
  /// The one that the PID file names, then the others of the folder, the newest first: in a container, the PID is that
  /// of another namespace.
  [[nodiscard]] std::vector<std::string> candidates() const;
  [[nodiscard]] Result<runtime::Descriptor> connect_to(const std::string& path);
  [[nodiscard]] Result<std::string> ask_at(const std::string& path, const std::string& command);

  const Options options_;
  Peer peer_;
};

}  // namespace mmsgate::sip
