// SPDX-License-Identifier: Apache-2.0
// The SIP side: takes MESSAGEs from the proxy and sends MESSAGEs to it. Everything of the SIP stack stays behind this
// file.
//
// The endpoint owns one thread, "sip", on which the stack runs and every call-back below is called; call-backs must not
// block. send() and Responder may be used from any thread. Destroying the endpoint ends the thread; a request that has
// no final answer yet gets its on_final call with status 0, or none at all: the store knows that it was under way.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"
#include "core/retry_policy.hpp"
#include "core/time.hpp"
#include "formats/ip_address.hpp"
#include "runtime/log.hpp"
#include "runtime/mailbox.hpp"

namespace mmsgate::sip {

class Trace;

/// SIP over TLS, at a port of its own: two sockets cannot listen for TCP at one.
struct Tls {
  std::string certificate, key;  ///< In PEM form.
  std::uint16_t port = 0;        ///< 0: any free one.
  bool is_must = true;           ///< Without it there is no endpoint; else the log says why there is no TLS.
};

/// MESSAGEs go out by TLS, over routes with ";transport=tls".
struct TlsOut {
  std::string certificate, key;  ///< Shown to a proxy that asks for them.
  /// A file of authorities; the proxy's certificate must be of one of them, and name its host. Empty: any will do.
  std::string authorities;
};

/// At a VoIP.ms server, as a phone does; see pop_registration.hpp.
struct Registration {
  std::string pop;       ///< "pop.example" or "pop.example:5060"
  std::string identity;  ///< "<sip:100000_mmsgate@pop.example>"
  std::string user, password;
  std::string route;  ///< The proxy, as in Outgoing.
  std::chrono::seconds lifetime{600};
  /// When something is in the way; and when our name or password is not taken: nobody is let in by asking often.
  RetryPolicy trouble{.first = std::chrono::seconds(10), .longest = std::chrono::minutes(10)};
  RetryPolicy refused{.first = std::chrono::minutes(5), .longest = std::chrono::hours(1)};
  Duration soonest_refresh = std::chrono::seconds(5);
  Random* random = nullptr;  ///< Must be there, and outlive the endpoint.
};

/// Of the connections that others make to us, by TCP and TLS.
struct ConnectionLimits {
  /// One that has brought no whole request by then, or no second one that has begun, is ended.
  std::chrono::milliseconds first_request = std::chrono::seconds(30);
  std::chrono::milliseconds idle = std::chrono::minutes(10);  ///< Without a request; who needs one opens another.
  std::size_t most = 256;                                     ///< Each may hold a request that is on its way.
  std::size_t most_of_one = 64;  ///< Of one address; all those who may not speak to us are one.
};

/// Finds out who may speak to us by now, and hands it on, from any thread; nobody: it cannot be found out. Called on
/// the sip thread, where nothing may block.
using LookUpCallers = std::function<void(std::move_only_function<void(std::vector<formats::IpNetwork>)>)>;

struct Options {
  std::string address = "127.0.0.2";  ///< An IP address, no name.
  std::uint16_t port = 5060;          ///< UDP and TCP. 0: any free one (the same for both).
  /// Who may speak to it; others hear 403. Empty: whoever reaches it.
  std::vector<formats::IpNetwork> callers;
  LookUpCallers look_up_callers;        ///< Once a minute at most, when somebody else speaks. Empty: never.
  std::size_t udp_limit = 1300;         ///< A request larger than this goes by TCP (RFC 3261 18.1.1).
  std::size_t most_body = 64 << 10;     ///< Larger requests are answered 413; by UDP none is larger.
  std::size_t most_inflated = 1 << 20;  ///< A deflated body that grows beyond this is answered 413.
  std::chrono::milliseconds timeout =
      std::chrono::seconds(32);  ///< A request without a final answer ends as 408 (timer F).
  ConnectionLimits connections;
  std::string server_name = "mmsgate";
  std::optional<Tls> tls;
  std::optional<TlsOut> tls_out;
  std::optional<Registration> registration;
  std::shared_ptr<Trace> trace;  ///< Null: none.
};

/// A MESSAGE as it came, its body decoded (Content-Encoding) and its type known to be one that we take.
struct Request {
  std::string from_user, from_host, from_display, from_tag;
  std::string to_user, to_host;  ///< Of the To header.
  std::string target_user;       ///< Of the request-URI.
  std::string call_id;
  std::uint32_t cseq = 0;
  std::string user_agent;
  std::string content_type;  ///< With its parameters.
  std::string body;
  std::string source;  ///< Address it came from, without the port.
  /// Who has logged in, as far as the proxy says so: the users of the SIP addresses in P-Asserted-Identity, and in
  /// P-Preferred-Identity (RFC 3325), by which Flexisip chooses whose password it asks for. Empty: nothing is said.
  std::vector<std::string> asserted;
};

/// Answers one request, once, from any thread. Dropped without an answer, it sends 500.
class Responder {
 public:
  /// `retry_after` is zero, or stands in the answer (RFC 3261 20.33).
  using Send = std::move_only_function<void(int status, std::string phrase, std::chrono::seconds retry_after)>;
  explicit Responder(Send send) : send_(std::move(send)) {}
  Responder(Responder&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
  Responder& operator=(Responder&&) = delete;
  ~Responder() {
    if (send_) send_(500, "Server Internal Error", {});
  }
  /// `phrase` is the reason phrase; empty: the usual one of the status. Printable ASCII only reaches the wire.
  void answer(int status, std::string phrase = {}) {
    if (auto send = std::exchange(send_, nullptr)) send(status, std::move(phrase), {});
  }
  /// 503: it may come again after so long.
  void answer_later(std::string phrase, std::chrono::seconds wait) {
    if (auto send = std::exchange(send_, nullptr)) send(503, std::move(phrase), wait);
  }

 private:
  Send send_;
};

/// What the gateway does with what comes in. Called on the sip thread.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void on_message(Request request, Responder responder) = 0;
  /// The proxy says that this account has a registered contact now (OPTIONS with X-Registered, see docs/kamailio.md).
  virtual void on_registered(std::string account) = 0;
  /// Who may not speak to us did: `source` is its address. As often as it comes.
  virtual void on_stranger(const std::string& source) = 0;
  /// One address has made more connections than it may; some were ended. As often as it happens.
  virtual void on_crowd(const std::string& source) = 0;
};

/// A MESSAGE to send. All strings are bytes as they are to stand in the request; the endpoint checks that none holds a
/// line break and escapes nothing.
struct Outgoing {
  std::string request_uri;  ///< "sip:123456_bob@example.org"
  /// Where it is sent first: "sip:127.0.0.1:5060", with ";transport=tcp" to force TCP (or udp, or tls). A name must
  /// have its address beside it: "sip:proxy.example:5061;maddr=192.0.2.1;transport=tls".
  std::string route;
  std::string from;     ///< `"5145550123" <sip:5145550123@example.org>`, without a tag
  std::string to;       ///< `<sip:123456_bob@example.org>`
  std::string call_id;  ///< The same for each try of one delivery.
  std::vector<std::pair<std::string, std::string>> headers;  ///< More of them: {"X-SMS-To", "5145550000"}.
  std::string content_type;
  std::string body;
};

/// How a try went. Called on the sip thread.
struct Progress {
  std::function<void()> on_provisional;  ///< At most once: the other side has it in hand (1xx).
  std::function<void(int status, std::string phrase)>
      on_final;  ///< Exactly once; 503 when nobody could be reached, 408 when nobody answered.
};

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  /// Any thread.
  virtual void send(Outgoing message, Progress progress) = 0;
  /// From now on no new request is taken (503 with Retry-After); what is under way goes on.
  virtual void drain() = 0;
  /// The trace's levels are others. Any thread.
  virtual void follow_trace() = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// 0: TLS is not spoken.
  [[nodiscard]] virtual std::uint16_t tls_port() const = 0;
  /// Any thread: run on the sip thread.
  virtual void post(runtime::Mailbox::Task task) = 0;
};

/// Listens, then serves until destroyed. `receiver` must outlive it. The error says which address and what to do.
[[nodiscard]] Result<std::unique_ptr<Endpoint>> listen(Options options, Receiver& receiver,
                                                       std::shared_ptr<runtime::Log> log);

/// The content types taken in a MESSAGE, for the Accept header of 415 and of OPTIONS.
inline constexpr std::string_view kAccept =
    "text/plain, application/vnd.gsma.rcs-ft-http+xml, multipart/mixed, message/cpim, message/imdn+xml, "
    "application/im-iscomposing+xml";

}  // namespace mmsgate::sip
