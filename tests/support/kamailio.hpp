// SPDX-License-Identifier: Apache-2.0
// A real Kamailio as registrar on a free port of 127.0.0.1, whose jsonrpcs module listens at a datagram socket.
#pragma once

#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "support/process.hpp"
#include "support/raw_sip.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::testing_support {

class Kamailio {
 public:
  Kamailio() { start(); }

  /// Again after stop(), at the same socket.
  void start() {
    std::filesystem::remove(rpc_);
    port_ = UdpPeer().port();
    std::ofstream(folder_.file("kamailio.cfg")) << fmt::format(kConfig, fmt::arg("port", port_), fmt::arg("rpc", rpc_));
    const std::string folder = folder_.path();
    process_ = std::make_unique<Process>(std::vector<std::string>{"kamailio", "-f", folder_.file("kamailio.cfg"), "-DD",
                                                                  "-E", "-m", "32", "-M", "4", "-Y", folder},
                                         folder_.file("kamailio.log"));
    if (!eventually([this] { return answers(); })) {
      throw std::runtime_error("Kamailio does not answer:\n" + process_->output());
    }
  }
  void stop() { process_.reset(); }
  /// It neither answers nor ends, until resume().
  void pause() { process_->signal(SIGSTOP); }
  void resume() { process_->signal(SIGCONT); }

  [[nodiscard]] const std::string& rpc_socket() const { return rpc_; }

  /// The status of the answer to a REGISTER of one phone; 0 seconds take it away.
  int register_phone(const std::string& aor, int seconds) {
    static int n = 0;
    UdpPeer phone(port_);
    return phone
        .ask({.method = "REGISTER",
              .target = "sip:example.org",
              .branch = fmt::format("z9hG4bK-register-{}", ++n),
              .from = fmt::format("<sip:{}>;tag=r{}", aor, n),
              .to = fmt::format("<sip:{}>", aor),
              .call_id = "register-" + aor,
              .cseq = n,
              .headers = {"Contact: <sip:phone@127.0.0.1:9>", fmt::format("Expires: {}", seconds)},
              .content_type = "",
              .body = ""})
        .status();
  }

 private:
  static constexpr const char* kConfig = R"(#!KAMAILIO
debug=1
log_stderror=yes
children=1
disable_tcp=yes
listen=udp:127.0.0.1:{port}
auto_aliases=no
alias="example.org"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "kex.so"
loadmodule "jsonrpcs.so"
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "use_domain", 1)
modparam("jsonrpcs", "transport", 4)
modparam("jsonrpcs", "dgram_socket", "{rpc}")
request_route {{
  if (method == "REGISTER") {{ save("location"); exit; }}
  sl_send_reply("200", "OK");
}}
)";

  /// Each look is one OPTIONS, whose answer is waited for only as long as Kamailio needs when it is up.
  bool answers() {
    if (!process_->is_running()) throw std::runtime_error("Kamailio has ended:\n" + process_->output());
    UdpPeer phone(port_, std::chrono::milliseconds(200));
    return phone.ask({.method = "OPTIONS", .target = "sip:example.org", .content_type = "", .body = ""}).status() ==
               200 &&
           std::filesystem::exists(rpc_);
  }

  TempFolder folder_;
  const std::string rpc_ = folder_.file("rpc");
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace mmsgate::testing_support
