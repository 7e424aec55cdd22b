// SPDX-License-Identifier: Apache-2.0
// mmsgate-phone: a real Linphone without a screen, driven by JSON lines. See sim/phone/README.md.

#include <chrono>
#include <csignal>
#include <exception>
#include <thread>

#include <CLI/CLI.hpp>

#include "phone/inbox.hpp"
#include "phone/lines.hpp"
#include "phone/outbox.hpp"
#include "phone/phone.hpp"

namespace mmsgate_sim {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a packet may wait for us; a command does not wait.
constexpr auto kStep = std::chrono::milliseconds(5);
/// How long the proxy may take to hear that we are gone.
constexpr auto kFarewell = std::chrono::seconds(2);

volatile std::sig_atomic_t ending = 0;

/// False: it was the last command.
bool obey(const Json& command, Phone& phone, Outbox& outbox, Inbox& inbox) {
  const std::string what = command.value("do", "");
  if (what == "quit") return false;
  if (what == "send") {
    outbox.send(command);
  } else if (what == "type") {
    outbox.type(command.value("to", ""));
  } else if (what == "mark_read") {
    inbox.mark_read();
  } else if (what == "log_in") {
    phone.log_in(command.value("password", ""));
  } else if (what == "register" || what == "unregister") {
    phone.set_registered(what == "register");
  } else {
    complain("no such command: " + what);
  }
  return true;
}

void listen(Phone& phone) {
  Outbox outbox(phone);
  Inbox inbox(phone);
  say({{"event", "started"}});
  CommandReader commands;
  for (bool goes_on = true; goes_on && ending == 0 && !commands.at_end();) {
    phone.iterate();
    const auto command = commands.next(kStep);
    if (!command) continue;
    try {
      goes_on = obey(*command, phone, outbox, inbox);
    } catch (const Json::exception& wrong) {
      complain(wrong.what());
    }
  }
}

void leave(Phone& phone) {
  phone.set_registered(false);
  for (const auto end = Clock::now() + kFarewell; phone.is_known_to_proxy() && Clock::now() < end;) {
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
  auto* by_hand = app.add_option_group("by hand", "The account, or the URL of a configuration");
  by_hand->require_option(1);
  auto* name = by_hand->add_option("--name", options.name, "The account: 100000_alice");
  by_hand->add_option("--provision", options.provision, "The URL of a configuration, as mmsgate provision makes it");
  auto* domain = app.add_option("--domain", options.domain, "The SIP domain");
  auto* proxy = app.add_option("--proxy", options.proxy, "sip:127.0.0.1:5060;transport=tcp");
  name->needs(domain)->needs(proxy);
  app.add_option("--upload-url", options.upload_url, "Linphone's file transfer server");
  app.add_option("--home", options.home, "A folder for this phone alone")->required();
  app.add_option("--password", options.password, "The account's SIP password");
  app.add_option("--trust", options.trust, "A PEM file: whose certificates it believes, for HTTPS");
  app.add_flag("--no-register", stays_silent, "Begin unregistered");
  CLI11_PARSE(app, argc, argv);
  options.registers = !stays_silent;
  std::signal(SIGTERM, [](int) { mmsgate_sim::ending = 1; });
  std::signal(SIGINT, [](int) { mmsgate_sim::ending = 1; });
  try {
    mmsgate_sim::Phone phone(options);
    mmsgate_sim::listen(phone);
    mmsgate_sim::leave(phone);
  } catch (const std::exception& error) {
    mmsgate_sim::complain(error.what());
    return 1;
  }
  return 0;
}
