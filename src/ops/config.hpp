// SPDX-License-Identifier: Apache-2.0
// mmsgate.conf, read and checked: typed values for who wires the house together. Plain values; any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/copy_filter.hpp"
#include "core/error.hpp"
#include "core/hook.hpp"
#include "core/send_plan.hpp"
#include "formats/flexisip_answer.hpp"
#include "formats/ip_address.hpp"
#include "formats/lpconfig.hpp"
#include "ops/host_port.hpp"
#include "ops/values.hpp"
#include "runtime/log.hpp"

namespace mmsgate::ops {

/// What phones are told when they are set up.
struct PhoneSetup {
  std::string proxy;                                 ///< HOST or HOST:PORT.
  std::optional<formats::PhoneTransport> transport;  ///< Nothing: as the sub account wants it.
  std::string domain;                                ///< Empty: the VoIP.ms server of the number.
  std::string stun_server;                           ///< Empty: none.
};

struct Config {
  enum class Locator { automatic, flexisip, kamailio, proxy };
  enum class Transport { automatic, udp, tcp, tls };
  /// At a VoIP.ms server, as a phone does.
  struct Registration {
    HostPort pop;          ///< Port 0: the usual one.
    std::string identity;  ///< "<sip:100000_mmsgate@pop.example>"
    std::string user, password;
  };

  std::string sip_address;
  std::uint16_t sip_port = 0;
  std::uint16_t sip_tls_port = 0;
  std::vector<formats::IpNetwork> sip_callers;  ///< Empty: this machine and the proxy.
  bool heeds_assertions = true;                 ///< Of the proxy, about who has logged in.
  int sip_rate = 0, sip_rate_all = 0;           ///< Messages a minute, of one account and of all; 0: no limit.
  std::string sip_certificate, sip_key;         ///< PEM files; both may be missing.
  bool is_tls_wanted = false;                   ///< By an option that is set. Otherwise it is there if it can be had.
  HostPort proxy;
  Transport proxy_transport = Transport::automatic;
  std::optional<Registration> registration;
  std::string domain;
  Locator locator = Locator::automatic;
  std::string kamailio_rpc;
  std::string flexisip_socket;
  std::chrono::hours proxy_keeps{};
  formats::ContactRoute contact_route = formats::ContactRoute::ctrt;
  int sip_trace = 0;  ///< Into the log: 0 ... 9.
  std::string sip_trace_file;
  int sip_file_trace = 0;  ///< Into that file.

  std::string api_url;
  std::string api_user;
  std::string api_password;  ///< Empty: see missing_secret.
  std::chrono::seconds carrier_settles{};

  std::string public_url;        ///< "https://sms.example.org:38443", without a slash at the end.
  HostPort web;                  ///< Where the web server listens.
  std::string certificate, key;  ///< PEM files: HTTPS. Empty: HTTP.
  std::string hook_path;
  HookBare hook_bare = HookBare::verify;
  bool hook_check = false;
  int hook_rate = 0;  ///< A minute; 0: no limit.
  std::vector<formats::IpNetwork> trusted_proxies;
  std::string media_path;
  std::string upload_path;
  bool upload_login = true;
  std::uint64_t upload_quota = 0, upload_quota_all = 0;  ///< Bytes within 24 hours; 0: no limit.
  std::string handout_path;
  std::string media_folder;
  bool media_from_loopback = false;
  CopyFilter copy_filter;
  PhoneSetup phones;

  std::string database;
  runtime::LogLevel log_level = runtime::LogLevel::warning;
  std::string log_file;
  bool layout_separate = false;
  OutgoingChoice outgoing;
  std::string flexisip_path;  ///< The folder of Flexisip's tools.
  bool receipts = true;
  bool notify_strangers = true;
  std::chrono::seconds media_wait{};
  std::chrono::hours give_up_after{};
  std::chrono::hours media_kept{};
  std::uint64_t most_media_kept = 0;   ///< Bytes; 0: none beyond their time.
  std::chrono::hours messages_kept{};  ///< 0: for ever.
  std::chrono::hours catch_up_every{};
  std::chrono::minutes catch_up_after{};
  bool catch_up_sent = true;
  std::chrono::hours look_back{};

  std::vector<std::string> fixed;  ///< What holds until the next start: "[web] webport = 38443". For comparing alone.
  std::string missing_secret;      ///< What is wrong with a password that is needed; empty: all are known.
};

/// Where the file is looked for when nobody says: the first MMSGate's place, and the one of the Debian package.
inline constexpr std::array<std::string_view, 2> kConfigPlaces{"/etc/flexisip/mmsgate.conf",
                                                               "/etc/mmsgate/mmsgate.conf"};
/// The first of them that is there; the first of all when none is.
[[nodiscard]] std::string usual_config(std::span<const std::string_view> places = kConfigPlaces);

/// The options that have changed and take effect at the next start only: "[web] webport".
[[nodiscard]] std::vector<std::string> waiting_for_a_start(const Config& before, const Config& now);

/// rejected: a password that VoIP.ms asks for is nowhere, or cannot be read. For who speaks with VoIP.ms: a credential
/// of systemd is there for the service alone, and what works on the database does without.
[[nodiscard]] Result<bool> check_secrets(const Config& config);

/// The text of a file called `name`. Passwords that this process cannot know are no error. rejected: "mmsgate.conf:12:
/// ..." with what is wrong and what was meant.
[[nodiscard]] Result<Config> read_config(std::string_view text, std::string_view name, const Surroundings& around);

/// The same, as this process finds it.
[[nodiscard]] Result<Config> read_config(std::string_view text, std::string_view name);

/// The same from a file, as this process finds it. transient: it cannot be read.
[[nodiscard]] Result<Config> load_config(const std::string& path);

/// Every option as it holds, in the form of the file; secrets are not shown. As for load_config().
[[nodiscard]] Result<std::string> show_config(const std::string& path);

}  // namespace mmsgate::ops
