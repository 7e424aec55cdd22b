// SPDX-License-Identifier: Apache-2.0
#include "sip/caller.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runtime/failpoint.hpp"
#include "sip/request_text.hpp"
#include "sip/sockets.hpp"
#include "sip/tls_folder.hpp"
#include "sip/trace.hpp"

namespace mmsgate::sip {
namespace {

/// Timer K (RFC 3261 17.1.2.2): how long a finished request is kept to absorb answers that come twice. The proxy is
/// near.
constexpr unsigned kAfterwards = 50;
constexpr unsigned kSendQueue = 10'000;
constexpr unsigned kHeaderRoom = 16 << 10;

/// What is written into the head of a request must not be able to end a line of it.
bool is_one_line(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

/// Nor what stands between two blanks end there.
bool is_one_word(std::string_view value) {
  return !value.empty() && is_one_line(value) && value.find_first_of(" \t") == std::string_view::npos;
}

/// RFC 3261 25.1: a token.
bool is_header_name(std::string_view name) {
  const auto is_token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::ranges::all_of(name, is_token);
}

bool is_sound(const Outgoing& message) {
  const auto header = [](const auto& pair) { return is_header_name(pair.first) && is_one_line(pair.second); };
  return message.request_uri.starts_with("sip:") && is_one_word(message.request_uri) && is_one_line(message.route) &&
         is_one_line(message.from) && is_one_line(message.to) && is_one_word(message.call_id) &&
         is_one_line(message.content_type) && std::ranges::all_of(message.headers, header);
}

}  // namespace

void Caller::follow_trace() {
  if (!agent_ || !options_.trace) return;
  nta_agent_set_params(agent_.get(), TPTAG_LOG(options_.trace->wants_messages()), TAG_END());
}

Result<Caller::Ports> Caller::open() {
  const std::string url = url_of(options_.address, 0);
  agent_.reset(nta_agent_create(loop_.root(), URL_STRING_MAKE(url.c_str()), nullptr, nullptr, NTATAG_UA(1),
                                NTATAG_PASS_100(1), NTATAG_UDP_MTU(static_cast<unsigned>(options_.udp_limit)),
                                NTATAG_SIP_T1X64(static_cast<unsigned>(options_.timeout.count())),
                                NTATAG_SIP_T4(kAfterwards),
                                NTATAG_MAXSIZE(static_cast<usize_t>(options_.most_body + kHeaderRoom)),
                                TPTAG_QUEUESIZE(kSendQueue), TPTAG_UDP_RMEM(kDatagramRoom),
                                TPTAG_STUN_SERVER(0),  // as in listener.cpp
                                TPTAG_LOG(options_.trace && options_.trace->wants_messages()), TAG_END()));
  if (!agent_) return why_not(options_.address, 0);
  Ports ports{.plain = port_of(agent_.get())};
  if (options_.tls_out) {
    const auto tls = open_tls(*options_.tls_out);
    if (!tls) return std::unexpected(tls.error());
    ports.tls = *tls;
  }
  leg_.reset(nta_leg_tcreate(agent_.get(), nullptr, nullptr, NTATAG_NO_DIALOG(1), URLTAG_URL(nullptr), TAG_END()));
  return ports;
}

/// Connections are made from our own address, which the proxy may know us by: so it is a port like that of TCP.
Result<std::uint16_t> Caller::open_tls(const TlsOut& tls) {
  const auto folder = TlsFolder::make(tls.certificate, tls.key, tls.authorities);
  if (!folder) return std::unexpected(folder.error());
  const std::string url = url_of(options_.address, 0, "sips");
  const unsigned policy = tls.authorities.empty() ? TPTLS_VERIFY_NONE : TPTLS_VERIFY_SUBJECTS_OUT;
  if (nta_agent_add_tport(agent_.get(), URL_STRING_MAKE(url.c_str()), TPTAG_CERTIFICATE((*folder)->path().c_str()),
                          TPTAG_TLS_VERIFY_POLICY(policy), TAG_END()) != 0) {
    return fail(ErrorKind::transient, fmt::format("TLS to the proxy cannot be had ([sip] proxytransport): {}",
                                                  why_not_tls(options_.address, 0).error().detail));
  }
  const std::uint16_t port = tls_port_of(agent_.get());
  limit_what_a_read_takes(options_.address, port);
  return port;
}

void Caller::send(const Outgoing& message, Progress progress) {
  const auto shared = std::make_shared<Progress>(std::move(progress));
  send(
      {.message = message},
      [shared, has_provisional = false](int status, const sip_t* answer) mutable {
        if (status >= 200) return shared->on_final(status, phrase_of(status, answer));
        const bool is_first = !std::exchange(has_provisional, true);
        if (is_first && shared->on_provisional) shared->on_provisional();
      },
      shared->on_final);
}

void Caller::send(const Call& call, Answered answered, const std::function<void(int, std::string)>& refused) {
  if (!is_sound(call.message)) return refused(400, "A header of it is empty, or would end before its end");
  if (!is_numeric_route(call.message.route)) {
    return refused(503, fmt::format("The route \"{}\" is no SIP URI with an IP address", call.message.route));
  }
  auto request = std::make_unique<OpenRequest>(*this, std::move(answered));
  runtime::failpoint("sip: before a MESSAGE");
  // The stack does not call back before this returns.
  request->transaction.reset(start(call, request.get()));
  runtime::failpoint("sip: after a MESSAGE");
  if (!request->transaction) return refused(400, "It cannot be written as a SIP request");
  OpenRequest* key = request.get();
  open_.emplace(key, std::move(request));
}

nta_outgoing_t* Caller::start(const Call& call, OpenRequest* request) {
  const Outgoing& message = call.message;
  const std::unique_ptr<su_home_t, Deleter<su_home_unref>> home(su_home_create());
  const std::string from = fmt::format("{};{}", message.from, nta_agent_newtag(home.get(), "tag=%s", agent_.get()));
  const std::string cseq = call.cseq == 0 ? "" : fmt::format("{} {}", call.cseq, call.method_name);
  std::string headers;
  for (const auto& [name, value] : message.headers) headers += fmt::format("{}: {}\r\n", name, value);
  sip_payload_t* payload =
      sip_payload_create(home.get(), message.body.data(), static_cast<isize_t>(message.body.size()));
  return nta_outgoing_tcreate(
      leg_.get(), &Caller::on_answer, request, URL_STRING_MAKE(message.route.c_str()), call.method, call.method_name,
      URL_STRING_MAKE(message.request_uri.c_str()), SIPTAG_FROM_STR(from.c_str()), SIPTAG_TO_STR(message.to.c_str()),
      SIPTAG_CALL_ID_STR(message.call_id.c_str()), TAG_IF(!cseq.empty(), SIPTAG_CSEQ_STR(cseq.c_str())),
      SIPTAG_MAX_FORWARDS_STR("70"), SIPTAG_USER_AGENT_STR(options_.server_name.c_str()),
      TAG_IF(!headers.empty(), SIPTAG_HEADER_STR(headers.c_str())),
      TAG_IF(!message.content_type.empty(), SIPTAG_CONTENT_TYPE_STR(message.content_type.c_str())),
      SIPTAG_PAYLOAD(payload), TAG_END());
}

int Caller::on_answer(OpenRequest* request, nta_outgoing_t* outgoing, sip_t const* sip) {
  const int status = nta_outgoing_status(outgoing);
  if (status < 200) {
    request->answered(status, sip);
    return 0;
  }
  runtime::failpoint("sip: a MESSAGE is answered");
  // The answer is the transaction's, which goes at the end of this.
  const auto done = request->caller.open_.extract(request);
  done.mapped()->answered(status, sip);
  return 0;
}

std::string phrase_of(int status, const sip_t* answer) {
  const bool has_phrase =
      answer != nullptr && answer->sip_status != nullptr && answer->sip_status->st_phrase != nullptr;
  return has_phrase ? text(answer->sip_status->st_phrase) : text(sip_status_phrase(status));
}

}  // namespace mmsgate::sip
