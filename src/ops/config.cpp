// SPDX-License-Identifier: Apache-2.0
#include "ops/config.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "formats/filter_text.hpp"
#include "formats/ini.hpp"
#include "ops/options.hpp"
#include "ops/sip_config.hpp"
#include "runtime/files.hpp"

namespace mmsgate::ops {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

std::string public_url(const Values& values) {
  const std::string protocol = values.is("web", "protocol", "https") ? "https" : "http";
  const int port = values.number("web", "webport");
  const bool is_usual = port == (protocol == "https" ? 443 : 80);
  return fmt::format("{}://{}{}", protocol, values.text("web", "webdns"), is_usual ? "" : fmt::format(":{}", port));
}

Result<bool> fill_hook(Config& config, const Values& values) {
  config.hook_path = values.text("web", "pathpost");
  if (values.is("web", "hookbare", "trust")) config.hook_bare = HookBare::trust;
  if (values.is("web", "hookbare", "refuse")) config.hook_bare = HookBare::refuse;
  config.hook_check = values.is("web", "hookcheck", "yes");
  config.hook_rate = values.number("web", "hookrate");
  auto proxies = formats::parse_networks(values.text("web", "trustedproxies"));
  if (!proxies) return values.wrong("web", "trustedproxies", proxies.error().detail);
  config.trusted_proxies = *std::move(proxies);
  return true;
}

Result<bool> fill_web(Config& config, const Values& values) {
  if (!is_name(values.text("web", "webdns"))) {
    return values.wrong("web", "webdns", "must be a name such as sms.example.org, without http:// and without a port");
  }
  config.public_url = public_url(values);
  config.web = {values.text("web", "webbind"), static_cast<std::uint16_t>(values.number("web", "webport"))};
  const std::string behind = values.text("web", "bindoverride");
  if (!behind.empty()) {
    const auto address = host_port(behind, 0);
    if (!address || address->port == 0) return values.wrong("web", "bindoverride", "must be ADDRESS:PORT");
    config.web = *address;
  } else if (values.is("web", "protocol", "https")) {
    config.certificate = values.text("web", "cert");
    config.key = values.text("web", "key");
    if (config.certificate.empty() || config.key.empty()) {
      return values.wrong(
          "web", "protocol",
          "= https needs cert and key, or a reverse proxy that does TLS: then set bindoverride to where it "
          "reaches the gateway, e.g. 127.0.0.1:8080");
    }
  }
  if (const auto filled = fill_hook(config, values); !filled) return filled;
  config.media_path = values.text("web", "pathget");
  config.upload_path = values.text("web", "pathfile");
  config.upload_login = values.is("web", "uploadlogin", "digest");
  config.upload_quota = kMegabyte * static_cast<std::uint64_t>(values.number("web", "uploadquota"));
  config.upload_quota_all = kMegabyte * static_cast<std::uint64_t>(values.number("web", "uploadquotaall"));
  config.handout_path = values.text("web", "pathconf");
  const std::set<std::string> paths{config.hook_path, config.media_path, config.upload_path, config.handout_path,
                                    "/healthz"};
  if (constexpr std::size_t kAll = 5; paths.size() != kAll) {
    return values.wrong("web", "pathget",
                        "must differ from pathpost, pathfile, pathconf and /healthz, and they from each other");
  }
  config.media_folder = values.text("web", "localmedia");
  config.media_from_loopback = values.is("web", "medianetworks", "loopback");
  auto filter = formats::parse_filter(values.text("web", "webfilter"));
  if (!filter) return values.wrong("web", "webfilter", filter.error().detail);
  config.copy_filter = *std::move(filter);
  return true;
}

Result<bool> fill_provision(Config& config, const Values& values) {
  const auto or_ours = [&](const char* name) {
    std::string value = values.text("provision", name);
    return value.empty() ? values.text("web", "webdns") : value;
  };
  const auto is_place = [](const std::string& value) {
    const auto place = host_port(value, 1);
    return place && is_host(place->host);
  };
  config.phones.proxy = or_ours("phoneproxy");
  if (!is_place(config.phones.proxy)) return values.wrong("provision", "phoneproxy", "must be HOST or HOST:PORT");
  config.phones.stun_server = values.is("provision", "stunserver", "none") ? "" : or_ours("stunserver");
  if (!config.phones.stun_server.empty() && !is_place(config.phones.stun_server)) {
    return values.wrong("provision", "stunserver", "must be HOST, HOST:PORT or none");
  }
  config.phones.domain = values.text("provision", "phonedomain");
  if (!config.phones.domain.empty() && !is_name(config.phones.domain)) {
    return values.wrong("provision", "phonedomain", "must be a name such as sip.example.org");
  }
  using enum formats::PhoneTransport;
  for (const formats::PhoneTransport each : {udp, tcp, tls}) {
    if (values.is("provision", "phonetransport", formats::to_string(each))) config.phones.transport = each;
  }
  return true;
}

OutgoingChoice outgoing(const Values& values) {
  OutgoingChoice choice;
  if (values.is("mmsgate", "outvia", "sms")) choice.via = Via::sms;
  if (values.is("mmsgate", "outvia", "mms")) choice.via = Via::mms;
  constexpr std::uint64_t kThousand = 1000;
  choice.most_mms_bytes = kThousand * static_cast<std::uint64_t>(values.number("mmsgate", "mmskbytes"));
  std::string word;
  for (const char c : values.text("mmsgate", "autotypes") + ",") {
    const bool ends = c == ',' || c == ' ' || c == '\n' || c == '\t';
    if (!ends) word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (ends && !word.empty()) choice.mms_types.push_back(std::exchange(word, {}));
  }
  return choice;
}

Result<bool> fill_api(Config& config, const Values& values) {
  config.api_url = values.text("api", "apiurl");
  const bool is_url = config.api_url.starts_with("https://") || config.api_url.starts_with("http://");
  if (!is_url || config.api_url.find_first_of(" \t\n") != std::string::npos) {
    return values.wrong("api", "apiurl", "must be a URL that begins with https:// (or http://, for trials)");
  }
  config.api_user = values.text("api", "apiid");
  config.carrier_settles = std::chrono::seconds(values.number("api", "carrierwait"));
  auto password = values.secret("api", "apipw");
  if (password && password->empty()) {
    password = values.wrong("api", "apipw", fmt::format("is missing: {}", find_option("api", "apipw")->help));
  }
  if (!password) config.missing_secret = password.error().detail;
  config.api_password = std::move(password).value_or("");
  return true;
}

void fill_rest(Config& config, const Values& values) {
  config.database = values.text("mmsgate", "dbfile");
  config.log_level = runtime::parse_log_level(values.text("mmsgate", "logger")).value_or(runtime::LogLevel::warning);
  config.log_file = values.text("mmsgate", "loggerfile");
  config.layout_separate = values.is("mmsgate", "layout", "separate");
  config.outgoing = outgoing(values);
  config.flexisip_path = values.text("mmsgate", "flexisippath");
  config.receipts = values.is("mmsgate", "receipts", "yes");
  config.notify_strangers = values.is("mmsgate", "notifystrangers", "yes");
  config.media_wait = std::chrono::seconds(values.number("mmsgate", "mediawait"));
  config.give_up_after = std::chrono::hours(values.number("mmsgate", "giveuphours"));
  constexpr int kForEver = 36'500;  // a century
  const int days = values.number("mmsgate", "keepdays");
  config.media_kept = std::chrono::hours(24) * (days == 0 ? kForEver : days);
  config.most_media_kept = kMegabyte * static_cast<std::uint64_t>(values.number("mmsgate", "mediamegabytes"));
  config.messages_kept = std::chrono::hours(24) * values.number("mmsgate", "keepmessages");
  config.catch_up_every = std::chrono::hours(values.number("mmsgate", "reconcilehours"));
  config.catch_up_after = std::chrono::minutes(values.number("mmsgate", "reconcilewait"));
  config.catch_up_sent = values.is("mmsgate", "reconcilesent", "yes");
  config.look_back = std::chrono::hours(24) * values.number("mmsgate", "lookback");
  config.fixed = values.fixed();
}

Result<Values> read_values(std::string_view text, std::string_view name, const Surroundings& around) {
  Values values(name, around);
  const auto entries = formats::parse_ini(text);
  if (!entries) return fail(ErrorKind::rejected, fmt::format("{}: {}", name, entries.error().detail));
  for (const formats::IniEntry& entry : *entries) {
    if (const auto taken = values.take(entry); !taken) return std::unexpected(taken.error());
  }
  if (const auto whole = values.all_required(); !whole) return std::unexpected(whole.error());
  return values;
}

Result<Config> config_of(const Values& values) {
  Config config;
  if (const auto filled = fill_sip(config, values); !filled) return std::unexpected(filled.error());
  if (const auto filled = fill_web(config, values); !filled) return std::unexpected(filled.error());
  if (const auto filled = fill_provision(config, values); !filled) return std::unexpected(filled.error());
  if (const auto filled = fill_api(config, values); !filled) return std::unexpected(filled.error());
  fill_rest(config, values);
  // What VoIP.ms' log still shows must be known here, or it would be taken for new.
  constexpr int kLeastDays = 30;
  const int kept = values.number("mmsgate", "keepmessages");
  if (kept > 0 && kept < std::max(kLeastDays, values.number("mmsgate", "lookback") + 1)) {
    return values.wrong("mmsgate", "keepmessages", "must be 0 (for ever), or 30 and more, and more than lookback");
  }
  return config;
}

Surroundings surroundings() {
  const auto variable = [](const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? otherwise : value);
  };
  return {.home = variable("HOME", "/var/lib/mmsgate"), .credentials = variable("CREDENTIALS_DIRECTORY", "")};
}

Result<std::string> read_file(const std::string& path) {
  if (auto text = runtime::read_file(path)) return *std::move(text);
  std::error_code hidden;
  const bool is_there = std::filesystem::exists(path, hidden) || hidden;
  return fail(ErrorKind::transient,
              fmt::format("cannot read {}: {}", path,
                          is_there ? "it is there, and no file that this user may read (ls -l shows who may); run this "
                                     "as the gateway's user, or name another with --config-file"
                                   : "write one with `mmsgate --default-config`, or name another with --config-file"));
}

}  // namespace

Result<Config> read_config(std::string_view text, std::string_view name, const Surroundings& around) {
  const auto values = read_values(text, name, around);
  if (!values) return std::unexpected(values.error());
  return config_of(*values);
}

Result<Config> read_config(std::string_view text, std::string_view name) {
  return read_config(text, name, surroundings());
}

std::string usual_config(std::span<const std::string_view> places) {
  const auto there = std::ranges::find_if(places, [](std::string_view place) {
    std::error_code ignored;
    return std::filesystem::exists(place, ignored);
  });
  return std::string(there == places.end() ? places.front() : *there);
}

Result<bool> check_secrets(const Config& config) {
  if (config.missing_secret.empty()) return true;
  return fail(ErrorKind::rejected, config.missing_secret);
}

std::vector<std::string> waiting_for_a_start(const Config& before, const Config& now) {
  std::vector<std::string> changed;
  for (std::size_t i = 0; i < now.fixed.size() && i < before.fixed.size(); ++i) {
    if (now.fixed[i] != before.fixed[i]) changed.push_back(now.fixed[i].substr(0, now.fixed[i].find(" =")));
  }
  return changed;
}

Result<Config> load_config(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  return read_config(*text, path);
}

Result<std::string> show_config(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  const auto values = read_values(*text, path, surroundings());
  if (!values) return std::unexpected(values.error());
  if (const auto good = config_of(*values); !good) return std::unexpected(good.error());
  return values->show();
}

}  // namespace mmsgate::ops
