// SPDX-License-Identifier: Apache-2.0
// mmsgate-phone: a real Linphone without a screen, driven by JSON lines. See sim/phone/README.md.

#include <chrono>
#include <csignal>
#include <thread>

#include <CLI/CLI.hpp>

#include "phone/chat.hpp"
#include "phone/lines.hpp"
#include "phone/phone.hpp"

namespace mmsgate_sim {
namespace {

/// How long a command or a packet may wait for us.
constexpr auto kStep = std::chrono::milliseconds(5);
/// Time to tell the proxy that we are gone.
constexpr int kFarewellSteps = 60;

volatile std::sig_atomic_t ending = 0;

/// False: it was the last command.
bool obey(const Json& command, Phone& phone, Chat& chat) {
  const std::string what = command.value("do", "");
  if (what == "quit") return false;
  if (what == "send") {
    chat.send(command);
  } else if (what == "mark_read") {
    chat.mark_read();
  } else if (what == "register" || what == "unregister") {
    phone.set_registered(what == "register");
  } else {
    say({{"event", "error"}, {"reason", "no such command: " + what}});
  }
  return true;
}

void run(const PhoneOptions& options) {
  Phone phone(options);
  Chat chat(phone);
  say({{"event", "started"}});
  CommandReader commands;
  for (bool goes_on = true; goes_on && ending == 0 && !commands.at_end();) {
    phone.iterate();
    if (const auto command = commands.next(kStep)) goes_on = obey(*command, phone, chat);
  }
  phone.set_registered(false);
  for (int step = 0; step < kFarewellSteps; ++step) {
    phone.iterate();
    std::this_thread::sleep_for(kStep);
  }
}

}  // namespace
}  // namespace mmsgate_sim

int main(int argc, char** argv) {
  mmsgate_sim::PhoneOptions options;
  bool stays_silent = false;
  CLI::App app{"A real Linphone without a screen, driven by JSON lines", "mmsgate-phone"};
  app.add_option("--name", options.name, "The account: 100000_alice")->required();
  app.add_option("--domain", options.domain, "The SIP domain")->required();
  app.add_option("--proxy", options.proxy, "sip:127.0.0.1:5060;transport=tcp")->required();
  app.add_option("--upload-url", options.upload_url, "Linphone's file transfer server");
  app.add_option("--home", options.home, "A folder for this phone alone")->required();
  app.add_option("--password", options.password, "The account's SIP password");
  app.add_flag("--no-register", stays_silent, "Begin unregistered");
  CLI11_PARSE(app, argc, argv);
  options.registers = !stays_silent;
  std::signal(SIGTERM, [](int) { mmsgate_sim::ending = 1; });
  std::signal(SIGINT, [](int) { mmsgate_sim::ending = 1; });
  mmsgate_sim::run(options);
  return 0;
}
