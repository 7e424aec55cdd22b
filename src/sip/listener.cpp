// SPDX-License-Identifier: Apache-2.0
#include "sip/listener.hpp"

#include <utility>

#include <fmt/format.h>

#include "formats/mime.hpp"
#include "runtime/failpoint.hpp"
#include "sip/request_text.hpp"
#include "sip/sockets.hpp"
#include "sip/tls_folder.hpp"
#include "sip/trace.hpp"

namespace mmsgate::sip {
namespace {

/// A server transaction over UDP is kept for 64*T1 to answer repeats (RFC 3261 17.2.2, timer J). The proxy is near: it
/// repeats within this or not at all, and each one kept costs 12 KB.
constexpr unsigned kServerMemory = 4000;
constexpr unsigned kHeaderRoom = 16 << 10;
/// Answers that may wait for a connection that is slow to take them.
constexpr unsigned kSendQueue = 10'000;

constexpr const char* kAllowHeader = "Allow: MESSAGE, OPTIONS\r\n";
const std::string kAcceptHeader = fmt::format("Accept: {}\r\n", kAccept);
const std::string kOptionsHeaders =
    fmt::format("{}{}Accept-Encoding: deflate, identity\r\n", kAllowHeader, kAcceptHeader);

bool is_taken(const std::string& content_type) {
  const std::string type = formats::parse_content_type(content_type).type;
  if (type.empty()) return false;
  return fmt::format(", {},", kAccept).find(fmt::format(" {},", type)) != std::string::npos;
}

/// "sip:100000_alice@sip.example" or without the scheme: the account of it. Empty: it has none.
std::string account_of(std::string_view aor) {
  aor = aor.substr(0, aor.find('@'));
  if (const auto scheme = aor.find(':'); scheme != std::string_view::npos) aor.remove_prefix(scheme + 1);
  return std::string(aor);
}

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::rejected:
      return 415;
    case ErrorKind::limit:
      return 413;
    case ErrorKind::corrupt:
    case ErrorKind::transient:
    case ErrorKind::unanswered:
    case ErrorKind::auth:
    case ErrorKind::bug:
      return 400;
  }
  return 400;
}

}  // namespace

Listener::Listener(const Options& options, Receiver& receiver, SipLoop& loop,
                   std::function<bool(std::string_view, std::string_view)> is_ours)
    : options_(options),
      callers_(options.callers, options.look_up_callers),
      receiver_(receiver),
      loop_(loop),
      is_ours_(std::move(is_ours)),
      datagrams_(loop.root()) {}

Listener::~Listener() {
  for (const auto& [number, incoming] : open_) nta_incoming_destroy(incoming);
}

Result<std::uint16_t> Listener::open() {
  if (!is_ip_address(options_.address)) return why_not(options_.address, options_.port);
  const std::string url = url_of(options_.address, options_.port);
  // No server for STUN: the stack's own loses memory with each request that it cannot read, whoever sends it.
  agent_.reset(nta_agent_create(
      loop_.root(), URL_STRING_MAKE(url.c_str()), nullptr, nullptr, NTATAG_UA(1), NTATAG_SERVER_RPORT(1),
      NTATAG_MAXSIZE(static_cast<usize_t>(options_.most_body + kHeaderRoom)), NTATAG_UDP_MTU(65535),
      NTATAG_SIP_T1X64(kServerMemory), TPTAG_QUEUESIZE(kSendQueue), TPTAG_UDP_RMEM(kDatagramRoom), TPTAG_STUN_SERVER(0),
      TPTAG_LOG(options_.trace && options_.trace->wants_messages()), TAG_END()));
  if (!agent_) return why_not(options_.address, options_.port);
  leg_.reset(
      nta_leg_tcreate(agent_.get(), &Listener::on_request, this, NTATAG_NO_DIALOG(1), URLTAG_URL(nullptr), TAG_END()));
  const std::uint16_t port = port_of(agent_.get());
  limit_what_a_read_takes(options_.address, port);
  connections_.emplace(
      options_, loop_,
      [this](const formats::IpAddress& address) { return callers_.has(address, Callers::Clock::now()); },
      [this](const std::string& address) { receiver_.on_crowd(address); });
  watch(port);
  return port;
}

Result<std::uint16_t> Listener::open_tls(const Tls& tls) {
  const auto folder = TlsFolder::make(tls.certificate, tls.key, {});
  if (!folder) return std::unexpected(folder.error());
  const std::string url = url_of(options_.address, tls.port, "sips");
  const int opened =
      nta_agent_add_tport(agent_.get(), URL_STRING_MAKE(url.c_str()), TPTAG_CERTIFICATE((*folder)->path().c_str()),
                          TPTAG_TLS_VERIFY_POLICY(TPTLS_VERIFY_NONE), TAG_END());
  if (opened != 0) return why_not_tls(options_.address, tls.port);
  const std::uint16_t port = tls_port_of(agent_.get());
  limit_what_a_read_takes(options_.address, port);
  connections_->watch(port);
  return port;
}

void Listener::watch(std::uint16_t port) {
  connections_->watch(port);
  datagrams_.watch(options_.address, port);
}

int Listener::on_request(Listener* self, nta_leg_t* /*leg*/, nta_incoming_t* incoming, sip_t const* sip) {
  return sip == nullptr || sip->sip_request == nullptr ? 0 : self->handle(incoming, *sip);
}

/// 0: it is or will be answered by us.
int Listener::handle(nta_incoming_t* incoming, const sip_t& sip) {
  nta_incoming_tag(incoming, nullptr);
  if (sip.sip_request->rq_method == sip_method_ack) return 0;
  const Source source = source_of(incoming);
  const auto now = Callers::Clock::now();
  if (!callers_.has(source.address, now)) {
    answer(incoming, 403, "Not from this address");
    callers_.refused(source.address, now, loop_.mailbox(),
                     [this](const std::string& stranger) { receiver_.on_stranger(stranger); });
    return 0;
  }
  if (const auto address = formats::IpAddress::parse(source.address); source.is_connected && address) {
    connections_->heard(*address, source.port);
  }
  if (refuse(incoming, sip)) return 0;
  sip.sip_request->rq_method == sip_method_options ? take_options(incoming, sip) : take_message(incoming, sip);
  return 0;
}

void Listener::follow_trace() {
  if (!agent_ || !options_.trace) return;
  nta_agent_set_params(agent_.get(), TPTAG_LOG(options_.trace->wants_messages()), TAG_END());
}

bool Listener::refuse(nta_incoming_t* incoming, const sip_t& sip) {
  const auto with = [&](int status, const char* phrase, const char* headers = nullptr) {
    answer(incoming, status, phrase, headers);
    return true;
  };
  const sip_method_t method = sip.sip_request->rq_method;
  if (method != sip_method_message && method != sip_method_options)
    return with(SIP_405_METHOD_NOT_ALLOWED, kAllowHeader);
  if (sip.sip_max_forwards != nullptr && sip.sip_max_forwards->mf_count == 0) return with(SIP_483_TOO_MANY_HOPS);
  for (const sip_via_t* via = sip.sip_via; via != nullptr; via = via->v_next) {
    if (is_ours_(text(via->v_host), via->v_port == nullptr ? "5060" : via->v_port)) return with(SIP_482_LOOP_DETECTED);
  }
  if (draining_) return with(SIP_503_SERVICE_UNAVAILABLE, "Retry-After: 5\r\n");
  if (sip.sip_from == nullptr || sip.sip_to == nullptr || sip.sip_call_id == nullptr || sip.sip_cseq == nullptr) {
    return with(SIP_400_BAD_REQUEST);
  }
  if (const std::string tags = required_of(sip); !tags.empty()) {
    return with(SIP_420_BAD_EXTENSION, fmt::format("Unsupported: {}\r\n", tags).c_str());
  }
  return false;
}

void Listener::take_options(nta_incoming_t* incoming, const sip_t& sip) {
  std::string account = account_of(header_of(sip, "X-Registered"));
  answer(incoming, SIP_200_OK, kOptionsHeaders.c_str());
  if (!account.empty()) receiver_.on_registered(std::move(account));
}

void Listener::take_message(nta_incoming_t* incoming, const sip_t& sip) {
  Request request = request_of(sip, incoming);
  if (request.from_user.empty()) return answer(incoming, 400, "No user in From");
  if (!is_taken(request.content_type)) return answer(incoming, SIP_415_UNSUPPORTED_MEDIA, kAcceptHeader.c_str());
  auto body = body_of(sip, options_);
  if (!body) {
    const bool is_encoding = body.error().kind == ErrorKind::rejected;
    return answer(incoming, status_of(body.error().kind), body.error().detail.c_str(),
                  is_encoding ? "Accept-Encoding: deflate, identity\r\n" : nullptr);
  }
  request.body = std::move(*body);
  receiver_.on_message(std::move(request), make_responder(incoming));
}

Responder Listener::make_responder(nta_incoming_t* incoming) {
  const std::uint64_t number = ++next_;
  open_.emplace(number, incoming);
  return Responder([this, number, mailbox = loop_.mailbox(), alive = std::weak_ptr(alive_)](
                       int status, std::string phrase, std::chrono::seconds retry_after) {
    mailbox->post([this, number, alive, status, phrase = std::move(phrase), retry_after] {
      if (alive.expired()) return;
      const auto node = open_.extract(number);
      if (node.empty()) return;
      const std::string headers = status == 415             ? kAcceptHeader
                                  : retry_after.count() > 0 ? fmt::format("Retry-After: {}\r\n", retry_after.count())
                                                            : "";
      answer(node.mapped(), status, phrase.empty() ? nullptr : phrase.c_str(),
             headers.empty() ? nullptr : headers.c_str());
    });
  });
}

void Listener::answer(nta_incoming_t* incoming, int status, const char* phrase, const char* headers) {
  runtime::failpoint("sip: before an answer");
  std::string printable = phrase == nullptr ? text(sip_status_phrase(status)) : text(phrase);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  }
  nta_incoming_treply(incoming, status, printable.c_str(), SIPTAG_SERVER_STR(options_.server_name.c_str()),
                      TAG_IF(headers != nullptr, SIPTAG_HEADER_STR(headers)), TAG_END());
  nta_incoming_destroy(incoming);
  runtime::failpoint("sip: after an answer");
}

}  // namespace mmsgate::sip
