// SPDX-License-Identifier: Apache-2.0
#include "sip/caller.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runtime/failpoint.hpp"
#include "sip/request_text.hpp"
#include "sip/sockets.hpp"

namespace mmsgate::sip {
namespace {

/// Timer K (RFC 3261 17.1.2.2): how long a finished request is kept to absorb answers that come twice. The proxy is
/// near.
constexpr unsigned kAfterwards = 50;
constexpr unsigned kSendQueue = 10'000;
constexpr unsigned kHeaderRoom = 64 << 10;

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

Result<std::uint16_t> Caller::open() {
  const std::string url = url_of(options_.address, 0);
  agent_.reset(nta_agent_create(
      loop_.root(), URL_STRING_MAKE(url.c_str()), nullptr, nullptr, NTATAG_UA(1), NTATAG_PASS_100(1),
      NTATAG_UDP_MTU(static_cast<unsigned>(options_.udp_limit)),
      NTATAG_SIP_T1X64(static_cast<unsigned>(options_.timeout.count())), NTATAG_SIP_T4(kAfterwards),
      NTATAG_MAXSIZE(static_cast<usize_t>(options_.most_body + kHeaderRoom)), TPTAG_QUEUESIZE(kSendQueue), TAG_END()));
  if (!agent_) return why_not(options_.address, 0);
  leg_.reset(nta_leg_tcreate(agent_.get(), nullptr, nullptr, NTATAG_NO_DIALOG(1), URLTAG_URL(nullptr), TAG_END()));
  return port_of(agent_.get());
}

void Caller::send(const Outgoing& message, Progress progress) {
  if (!is_sound(message)) return progress.on_final(400, "A header of it is empty, or would end before its end");
  if (!is_numeric_route(message.route)) {
    return progress.on_final(503, fmt::format("The route \"{}\" is no SIP URI with an IP address", message.route));
  }
  auto request = std::make_unique<OpenRequest>(*this, std::move(progress));
  runtime::failpoint("sip: before a MESSAGE");
  // The stack does not call back before this returns.
  request->transaction.reset(start(message, request.get()));
  runtime::failpoint("sip: after a MESSAGE");
  if (!request->transaction) return request->progress.on_final(400, "It cannot be written as a SIP request");
  OpenRequest* key = request.get();
  open_.emplace(key, std::move(request));
}

nta_outgoing_t* Caller::start(const Outgoing& message, OpenRequest* request) {
  const std::unique_ptr<su_home_t, Deleter<su_home_unref>> home(su_home_create());
  const std::string from = fmt::format("{};{}", message.from, nta_agent_newtag(home.get(), "tag=%s", agent_.get()));
  std::string headers;
  for (const auto& [name, value] : message.headers) headers += fmt::format("{}: {}\r\n", name, value);
  sip_payload_t* payload =
      sip_payload_create(home.get(), message.body.data(), static_cast<isize_t>(message.body.size()));
  return nta_outgoing_tcreate(
      leg_.get(), &Caller::on_answer, request, URL_STRING_MAKE(message.route.c_str()), SIP_METHOD_MESSAGE,
      URL_STRING_MAKE(message.request_uri.c_str()), SIPTAG_FROM_STR(from.c_str()), SIPTAG_TO_STR(message.to.c_str()),
      SIPTAG_CALL_ID_STR(message.call_id.c_str()), SIPTAG_MAX_FORWARDS_STR("70"),
      SIPTAG_USER_AGENT_STR(options_.server_name.c_str()), TAG_IF(!headers.empty(), SIPTAG_HEADER_STR(headers.c_str())),
      TAG_IF(!message.content_type.empty(), SIPTAG_CONTENT_TYPE_STR(message.content_type.c_str())),
      SIPTAG_PAYLOAD(payload), TAG_END());
}

int Caller::on_answer(OpenRequest* request, nta_outgoing_t* outgoing, sip_t const* sip) {
  const int status = nta_outgoing_status(outgoing);
  if (status < 200) {
    const bool is_first = !std::exchange(request->has_provisional, true);
    if (is_first && request->progress.on_provisional) request->progress.on_provisional();
    return 0;
  }
  const bool has_phrase = sip != nullptr && sip->sip_status != nullptr && sip->sip_status->st_phrase != nullptr;
  std::string phrase = has_phrase ? text(sip->sip_status->st_phrase) : text(sip_status_phrase(status));
  runtime::failpoint("sip: a MESSAGE is answered");
  const auto answered = request->caller.open_.extract(request);
  answered.mapped()->transaction.reset();
  answered.mapped()->progress.on_final(status, std::move(phrase));
  return 0;
}

}  // namespace mmsgate::sip
