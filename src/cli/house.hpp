// SPDX-License-Identifier: Apache-2.0
// The one place that knows every room: makes them in order, wires them, and takes them down in the order that leaves
// nobody calling into what is gone. Made and destroyed on the main thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "gateway/carrier_sender.hpp"
#include "gateway/catch_up.hpp"
#include "gateway/deliveries.hpp"
#include "gateway/directory_keeper.hpp"
#include "gateway/fetcher.hpp"
#include "gateway/hook_check.hpp"
#include "gateway/hook_tokens.hpp"
#include "gateway/inbound.hpp"
#include "gateway/links.hpp"
#include "gateway/move_in.hpp"
#include "gateway/outbound.hpp"
#include "gateway/phone_logins.hpp"
#include "gateway/phone_sender.hpp"
#include "gateway/retention.hpp"
#include "gateway/site.hpp"
#include "ops/config.hpp"
#include "ops/control.hpp"
#include "runtime/aside.hpp"
#include "runtime/log.hpp"
#include "runtime/roll_call.hpp"
#include "runtime/system.hpp"
#include "sip/trace.hpp"

namespace mmsgate::cli {

class House {
 public:
  /// Opens the store and the media folder, listens, and begins to deliver. The error says what cannot be had and what
  /// to do. `on_progress` is called now and then while a large database is brought up to date.
  [[nodiscard]] static Result<std::unique_ptr<House>> open(const ops::Config& config, std::shared_ptr<runtime::Log> log,
                                                           std::function<void()> on_progress);
  ~House();
  /// What `config` says now takes effect, as far as it can without a new start (Use::live). The trace's file is opened
  /// anew.
  void reload(const ops::Config& config);
  /// Who must turn for messages to go on. The threads `work` and `registrar` are not among them: they wait for the disk
  /// and for the proxy, and a new start would make neither faster.
  void join(runtime::RollCall& roll);
  /// How it was when it was looked at last: "serves", or what is wrong. Any thread.
  [[nodiscard]] std::string condition() const { return *condition_.read(); }
  /// Has it looked at, on the work thread: disks may hang. Main thread.
  void look_at_condition();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

 private:
  /// What must be there before the rest is made.
  struct Ground {
    std::unique_ptr<ops::Control> control;
    std::unique_ptr<runtime::SystemRandom> random;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<media::BlobStore> blobs;
    media::LinkKeys link_keys;
  };
  House(const ops::Config& config, gateway::Settings settings, std::shared_ptr<runtime::Log> log, Ground ground);
  [[nodiscard]] Result<bool> listen(const ops::Config& config);
  [[nodiscard]] Result<bool> start_logins(const ops::Config& config);
  [[nodiscard]] std::unique_ptr<sip::Registrations> locator(const ops::Config& config);
  [[nodiscard]] gateway::World world();
  void poke_all();
  [[nodiscard]] Result<bool> read_link_keys();
  /// What `mmsgate` is told from outside, word by word.
  void on_command(const std::string& line, ops::Control::Answer answer);
  void on_clock_set(Duration by);
  void on_moved_in(const Result<gateway::MovedIn>& moved);

  std::shared_ptr<runtime::Log> log_;
  std::unique_ptr<ops::Control> control_;
  std::unique_ptr<runtime::SystemRandom> random_;
  runtime::SystemClock clock_;
  gateway::SettingsBook settings_;
  gateway::LinkBook link_keys_;
  gateway::DirectoryBook book_;
  gateway::Book<std::string> condition_{"serves"};
  std::atomic<bool> is_looking_ = false;  ///< The work thread, at how it is.
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<media::BlobStore> blobs_;
  runtime::Loop loop_{"gateway"};
  runtime::Loop work_{"work"};
  runtime::Aside names_{"names"};  ///< The sip thread's.
  std::unique_ptr<net::HttpClient> http_;
  voipms::Api api_;
  gateway::Deliveries deliveries_;
  gateway::Fetcher fetcher_;
  gateway::PhoneLogins logins_;
  gateway::DirectoryKeeper keeper_;
  gateway::HookTokens hook_tokens_;
  gateway::HookCheck hook_check_;
  gateway::Inbound inbound_;
  gateway::CatchUp catch_up_;
  gateway::MoveIn move_in_;
  gateway::Retention retention_;
  gateway::Outbound outbound_;
  gateway::GatewaySite site_;
  gateway::CarrierSender carrier_;
  std::shared_ptr<sip::Trace> trace_;
  std::unique_ptr<sip::Endpoint> endpoint_;
  std::unique_ptr<sip::Registrations> registrations_;
  std::unique_ptr<gateway::PhoneSender> phones_;
  std::unique_ptr<web::Server> server_;
};

}  // namespace mmsgate::cli
