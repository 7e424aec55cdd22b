// SPDX-License-Identifier: Apache-2.0
#include "ops/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace mmsgate::ops {
namespace {

using enum Form;

constexpr Option kOptions[] = {
    {"sip", "sipboundaddress", text, "127.0.0.2", "", Use::now,
     "The IP address where the gateway takes SIP from the proxy."},
    {"sip", "sipport", port, "5060", "", Use::now, "Its port, for UDP and TCP."},
    {"sip", "sipallow", text, "", "", Use::now,
     "Who may speak SIP to the gateway: addresses and networks such as 10.0.0.5, 10.1.0.0/16. When not set: this "
     "machine and the proxy, looked up anew when somebody else speaks, once a minute at most."},
    {"sip", "sipasserted", choice, "yes", "yes no", Use::live,
     "Where the proxy says who has logged in (P-Asserted-Identity, P-Preferred-Identity), it must be who the message "
     "is from."},
    {"sip", "siprate", count, "120", "", Use::live,
     "Messages a minute that one account may send; beyond that they are answered 503 (again later). 0 = no limit."},
    {"sip", "siprateall", count, "3000", "", Use::live, "The same for all accounts together; 0 = no limit."},
    {"sip", "sipproxy", text, "localhost", "", Use::now, "The SIP proxy (Flexisip or Kamailio): HOST or HOST:PORT."},
    {"sip", "domain", text, "", "", Use::now, "The SIP domain of the phones' addresses; without it, the proxy's host."},
    {"sip", "locator", choice, "auto", "auto flexisip kamailio proxy", Use::now,
     "Who is asked where a phone is registered. flexisip = Flexisip; kamailio = Kamailio; proxy = nobody, the proxy "
     "knows; "
     "auto = Flexisip as soon as it has been seen on this machine, until then nobody."},
    {"sip", "flexisipsocket", path, "", "", Use::now,
     "Flexisip's control socket. When not set: the newest that is called /tmp/flexisip-proxy-PID."},
    {"sip", "contactroute", choice, "ctrt", "ctrt doroute", Use::now,
     "How a phone's address is written for Flexisip: ctrt = as the first MMSGate did; doroute = shorter, for newer "
     "ones."},
    {"sip", "kamailiorpc", path, "/run/kamailio/kamailio_rpc.sock", "", Use::now,
     "The datagram socket of Kamailio's jsonrpcs module, for locator = kamailio."},
    {"sip", "proxykeephours", count, "168", "", Use::live,
     "How long the proxy keeps a message in memory for a phone that is away. What is not older is sent again after the "
     "proxy was started anew; 0 = never, for a proxy that keeps them in a database."},
    {"sip", "siptlsport", port, "", "", Use::now,
     "Its port for SIP over TLS; when not set, the one after sipport: 5061."},
    {"sip", "sipcert", path, "~/data/mmsgate-local-cert.pem", "", Use::now,
     "Certificate for SIP over TLS, in PEM form. When it and sipkey are both missing, a certificate is made there."},
    {"sip", "sipkey", path, "~/data/mmsgate-local-key.pem", "", Use::now, "Its private key, in PEM form."},
    {"sip", "proxytransport", choice, "auto", "auto udp tcp tls", Use::now,
     "How messages go to the proxy: auto = UDP up to 1,300 bytes and TCP above; udp; tcp; tls, see below."},
    {"sip", "sippop", text, "", "", Use::now,
     "A VoIP.ms server at which the gateway registers as a phone does, with authid and authpw. Seldom needed."},
    {"sip", "authid", text, "", "", Use::now, "The sub account to register with."},
    {"sip", "authpw", text, "", "", Use::now, "Its SIP password.", true},
    {"sip", "authpw_file", path, "", "", Use::now,
     "A file that holds nothing but this password, instead of authpw. So does a systemd credential called authpw."},
    {"sip", "sipid", text, "", "", Use::now,
     "The SIP address to register, such as <sip:mmsgate@localhost>; when not set, authid at sippop."},
    {"sip", "siploglevel", count, "0", "", Use::live,
     "Trace of the SIP stack into siplogfile (when that is not set, into the log): 0 none, 4 whole messages, 9 all."},
    {"sip", "sipconsoleloglevel", count, "0", "", Use::live, "The same for the log, beside siplogfile."},
    {"sip", "siplogfile", path, "", "", Use::now, "The file of the trace. It holds what people write to each other."},

    {"api", "apiid", required, "", "", Use::live, "The VoIP.ms portal account: an e-mail address."},
    {"api", "apipw", required, "", "", Use::live, "The VoIP.ms API password (not the portal's).", true},
    {"api", "apipw_file", path, "", "", Use::live,
     "A file that holds nothing but this password, instead of apipw. So does a systemd credential called apipw."},
    {"api", "carrierwait", count, "120", "", Use::live,
     "Seconds that VoIP.ms gets to end a call whose answer did not come; then its log says whether the message went."},
    {"api", "apiurl", text, "https://voip.ms/api/v1/rest.php", "", Use::now, "Where the API is."},

    {"web", "webdns", required, "", "", Use::now,
     "The public DNS name of this server; it stands in the links that phones and VoIP.ms fetch."},
    {"web", "protocol", choice, "http", "http https", Use::now,
     "What those links begin with. https needs cert and key, or a reverse proxy that does TLS, and bindoverride."},
    {"web", "webbind", text, "0.0.0.0", "", Use::now, "The IP address where the web server listens."},
    {"web", "webport", port, "38443", "", Use::now, "Its port, and the port in the links."},
    {"web", "bindoverride", text, "", "", Use::now,
     "Listen at ADDRESS:PORT in plain HTTP instead, behind a reverse proxy; the links stay as they are."},
    {"web", "pathpost", url_path, "/mmsgate", "", Use::now,
     "Path of the web hook that VoIP.ms calls; a slash and a token follow, see `mmsgate hook show`."},
    {"web", "hookbare", choice, "verify", "verify trust refuse", Use::live,
     "What comes to this path without a token: verify = is delivered when VoIP.ms' log shows it too; trust = is "
     "delivered, whoever sent it; refuse = is not taken."},
    {"web", "hookcheck", flag, "no", "", Use::live,
     "Look up in VoIP.ms' log also what comes with a token, before it is delivered."},
    {"web", "hookrate", count, "60", "", Use::now,
     "Web hooks a minute from one address that come without a token, or with a wrong one; with the right one a hundred "
     "times as many. 0 = no limit."},
    {"web", "trustedproxies", text, "", "", Use::now,
     "Reverse proxies whose X-Forwarded-For or Forwarded header says where a request comes from: addresses and "
     "networks "
     "such as 127.0.0.1, 10.0.0.0/8."},
    {"web", "pathget", url_path, "/mmsmedia", "", Use::now, "Path of pictures and other files."},
    {"web", "pathfile", url_path, "/file", "", Use::now, "Path of the upload server (Linphone: file transfer server)."},
    {"web", "uploadlogin", choice, "digest", "digest off", Use::now,
     "Who may send files there: digest = phones that know their sub account's SIP password; off = everybody who finds "
     "it."},
    {"web", "uploadquota", count, "1000", "", Use::live,
     "Megabytes that one account may send there within 24 hours; 0 = no limit."},
    {"web", "uploadquotaall", count, "10000", "", Use::live,
     "Megabytes that all may send there within 24 hours, scripts too; 0 = no limit."},
    {"web", "pathconf", url_path, "/conf", "", Use::now, "Path of phone configurations; see mmsgate provision."},
    {"web", "localmedia", path, "~/mmsmedia", "", Use::now, "The folder where files are kept."},
    {"web", "medianetworks", choice, "public", "public loopback", Use::now,
     "From where pictures may be fetched: public = public addresses only; loopback = also from this machine, for "
     "trials."},
    {"web", "cert", path, "", "", Use::now,
     "Certificate chain for https without a reverse proxy, in PEM form; read anew when the file changes."},
    {"web", "key", path, "", "", Use::now, "Its private key, likewise."},
    {"web", "webfilter", text, "", "", Use::live,
     "Which sub accounts get no copy of what is sent to which number: a line for each rule, see below."},

    {"provision", "phoneproxy", text, "", "", Use::live,
     "Where phones register, as they reach it: HOST or HOST:PORT. Without it, webdns."},
    {"provision", "phonetransport", choice, "auto", "auto udp tcp tls", Use::live,
     "How they speak to it; auto = tls for a sub account with encrypted SIP traffic at VoIP.ms, else udp."},
    {"provision", "phonedomain", text, "", "", Use::live,
     "The domain of their SIP addresses; without it, the VoIP.ms server of their number."},
    {"provision", "stunserver", text, "", "", Use::live,
     "The STUN server that helps them past their router: HOST or HOST:PORT; none = none. Without it, webdns."},

    {"mmsgate", "dbfile", path, "~/data/mmsgate.sqlite", "", Use::now, "The database."},
    {"mmsgate", "logger", choice, "WARNING", "DEBUG INFO WARNING ERROR CRITICAL", Use::live, "How much is logged."},
    {"mmsgate", "loggerfile", path, "", "", Use::now,
     "The log file; without it, standard error (under systemd: the journal, with its levels)."},
    {"mmsgate", "layout", choice, "together", "together separate", Use::live,
     "Caption and pictures of a message: together = one bubble; separate = one by one, for clients that know no "
     "multipart."},
    {"mmsgate", "receipts", flag, "yes", "", Use::live,
     "Show on the phone, by its ticks, whether the carrier took its message."},
    {"mmsgate", "notifystrangers", flag, "yes", "", Use::live,
     "Tell the sender by SMS, once a day at most, that nobody got the message."},
    {"mmsgate", "mediawait", count, "600", "", Use::live,
     "Seconds that a message waits for a picture that cannot be fetched; then it goes without."},
    {"mmsgate", "giveuphours", count, "120", "", Use::live,
     "Hours after which a message that cannot be delivered is given up, and its sender told."},
    {"mmsgate", "reconcilehours", count, "1", "", Use::now,
     "How often VoIP.ms' log is searched for messages that nobody told us of, also at start; 0 = never."},
    {"mmsgate", "reconcilewait", count, "10", "", Use::live,
     "Minutes that a message is left to its web hook before it is taken from the log."},
    {"mmsgate", "reconcilesent", flag, "yes", "", Use::live,
     "Also keep for the record what VoIP.ms' log shows as sent by other means, such as its portal."},
    {"mmsgate", "lookback", count, "7", "", Use::live,
     "Days that the search goes back, but not before the database was made."},
    {"mmsgate", "keepdays", count, "365", "", Use::live,
     "Days for which files are kept and their links promised; then they are removed. 0 = for ever."},
    {"mmsgate", "mediamegabytes", count, "0", "", Use::live,
     "Files, and links to them, may stay beyond that while all files take less than so many megabytes; 0 = they may "
     "not."},
    {"mmsgate", "keepmessages", count, "0", "", Use::live,
     "Days after which messages are removed from the database, 30 or more; 0 = never."},
    {"mmsgate", "outvia", choice, "auto", "auto sms mms", Use::live,
     "How files go out: mms = as MMS; sms = as links by SMS; auto = as MMS what autotypes and mmskbytes allow, else as "
     "links."},
    {"mmsgate", "autotypes", text, "image/jpg,image/jpeg,image/png,image/gif,audio/3gpp", "", Use::live,
     "Which types go as MMS when outvia = auto."},
    {"mmsgate", "mmskbytes", count, "1200", "", Use::live,
     "Files larger than so many thousand bytes go as links when outvia = auto. VoIP.ms takes about 1,200."},
    {"mmsgate", "flexisippath", path, "/opt/belledonne-communications/bin", "", Use::now,
     "The folder of Flexisip's tools, for `mmsgate registrations --push-notification`."},
};

template <typename T>
std::optional<T> number(std::string_view value) {
  T parsed{};
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  if (error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return parsed;
}

std::string lower(std::string_view s) {
  std::string out(s);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(c < 128 ? std::tolower(c) : c); });
  return out;
}

bool is_choice(std::string_view choices, std::string_view value) {
  const std::string all = fmt::format(" {} ", lower(choices));
  return all.find(fmt::format(" {} ", lower(value))) != std::string::npos && value.find(' ') == std::string_view::npos;
}

/// Levenshtein: how many letters must be changed, added or left out.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = corner + (a[i] == b[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Option> options() { return kOptions; }

const Option* find_option(std::string_view section, std::string_view name) {
  const auto it =
      std::ranges::find_if(kOptions, [&](const Option& o) { return o.section == section && o.name == name; });
  return it == std::end(kOptions) ? nullptr : &*it;
}

bool is_section(std::string_view section) {
  return std::ranges::any_of(kOptions, [&](const Option& o) { return o.section == section; });
}

Result<bool> check(const Option& option, std::string_view value) {
  const auto wrong = [](std::string_view what) { return fail(ErrorKind::rejected, std::string(what)); };
  constexpr int kLargestCount = 1'000'000;
  switch (option.form) {
    case text:
    case path:
      return true;
    case required:
      return value.empty() ? wrong("must not be empty") : Result<bool>(true);
    case port:
      return number<std::uint16_t>(value).value_or(0) > 0 ? Result<bool>(true) : wrong("must be a port, 1 to 65535");
    case count: {
      const int parsed = number<int>(value).value_or(-1);
      return parsed >= 0 && parsed <= kLargestCount ? Result<bool>(true) : wrong("must be a number, 0 to 1000000");
    }
    case flag:
      return is_choice("yes no", value) ? Result<bool>(true) : wrong("must be yes or no");
    case choice:
      return is_choice(option.choices, value) ? Result<bool>(true)
                                              : wrong(fmt::format("must be one of: {}", option.choices));
    case url_path:
      return value.size() > 1 && value.front() == '/' && value.back() != '/' &&
                     value.find_first_of(" ?#%\"<>") == std::string_view::npos
                 ? Result<bool>(true)
                 : wrong("must be a path such as /mmsgate");
  }
  return true;
}

std::string did_you_mean(std::string_view section, std::string_view name) {
  const std::string wanted = lower(name);
  const Option* best = nullptr;
  std::size_t nearest = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  for (const Option& option : kOptions) {
    // An option of the same section is nearer than the like of it elsewhere; the right name in the wrong section is
    // nearest.
    const std::size_t away = distance(wanted, option.name) * 2 + (option.section == section ? 0 : 1);
    if (away < nearest * 2) {
      nearest = (away + 1) / 2;
      best = &option;
    }
  }
  if (best == nullptr) return "docs/config.md lists them all";
  return fmt::format("did you mean \"{}\" in [{}]?", best->name, best->section);
}

std::string default_config() {
  std::string out =
      "# mmsgate.conf: every option at the value that holds when it is not set. docs/config.md explains them.\n";
  std::string_view section;
  for (const Option& option : kOptions) {
    if (option.section != section) out += fmt::format("\n[{}]\n", section = option.section);
    out += fmt::format("# {}\n", option.help);
    if (option.form == choice) out += fmt::format("# One of: {}\n", option.choices);
    out += fmt::format("{}{} = {}\n", option.form == required ? "" : "#", option.name, option.fallback);
  }
  return out;
}

}  // namespace mmsgate::ops
