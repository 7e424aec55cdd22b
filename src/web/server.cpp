// SPDX-License-Identifier: Apache-2.0
// The web thread: libmicrohttpd's epoll descriptor and our mailbox in one poll. Every call into libmicrohttpd is made
// here, so that nothing of it needs a lock.
#include "web/server.hpp"

#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <thread>
#include <utility>

#include "formats/forwarded.hpp"
#include "web/certificate.hpp"
#include "web/connections.hpp"
#include "web/exchange.hpp"
#include "web/listen_socket.hpp"
#include "web/routes.hpp"
#include "web/unescape.hpp"

namespace mmsgate::web {
namespace {

/// The best that both sides know, from TLS 1.2 on.
constexpr const char* kTlsVersions = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

/// How often connections are looked over, while there are any.
constexpr int kSweepMilliseconds = 1000;

std::size_t decode_in_place(void* /*self*/, MHD_Connection* /*connection*/, char* text) { return unescape(text); }

class MhdServer final : public Server {
 public:
  MhdServer(Options options, Site& site, std::shared_ptr<runtime::Log> log, int listening,
            std::unique_ptr<CertificateKeeper> certificates)
      : options_(std::move(options)),
        site_(site),
        log_(std::move(log)),
        fd_(listening),
        port_(port_of(listening)),
        certificates_(std::move(certificates)),
        connections_({.request_time = options_.request_timeout,
                      .most = options_.most_connections,
                      .most_per_address = options_.most_connections_per_address,
                      .reading = options_.reading_time}),
        shared_(options_, site) {}

  Result<bool> start() override {
    const int fd = std::exchange(fd_, -1);  // libmicrohttpd's from now on
    // Without TLS, the array ends at once; the options that follow are passed as they are.
    std::vector<MHD_OptionItem> tls;
    if (certificates_) {
      tls.push_back({MHD_OPTION_HTTPS_CERT_CALLBACK, 0, reinterpret_cast<void*>(&MhdServer::on_certificate)});
      tls.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(kTlsVersions)});
    }
    tls.push_back({MHD_OPTION_END, 0, nullptr});
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    if (certificates_) flags |= MHD_USE_TLS;
    daemon_ = MHD_start_daemon(flags, 0, nullptr, nullptr, &MhdServer::on_request, this,    //
                               MHD_OPTION_EXTERNAL_LOGGER, &MhdServer::on_log, this,        //
                               MHD_OPTION_UNESCAPE_CALLBACK, &decode_in_place, nullptr,     //
                               MHD_OPTION_ARRAY, tls.data(), MHD_OPTION_LISTEN_SOCKET, fd,  //
                               MHD_OPTION_CONNECTION_LIMIT, options_.most_connections,      //
                               MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                               options_.most_connections_per_address + unsigned{Connections::kInBetween},            //
                               MHD_OPTION_CONNECTION_MEMORY_LIMIT, options_.most_header_bytes,                       //
                               MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(options_.idle_timeout.count()),  //
                               MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,  // else it does not use sendfile()
                               MHD_OPTION_NOTIFY_COMPLETED, &MhdServer::on_completed, this,    //
                               MHD_OPTION_NOTIFY_CONNECTION, &MhdServer::on_connection, this,  //
                               MHD_OPTION_END);
    if (daemon_ == nullptr) {
      ::close(fd);
      return fail(ErrorKind::transient, "the web server cannot start; the log has libmicrohttpd's reason");
    }
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "web");
    return true;
  }

  ~MhdServer() override {
    if (fd_ >= 0) ::close(fd_);
    if (daemon_ == nullptr) return;
    mailbox_->post([this] { stopping_ = true; });
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  void post(runtime::Mailbox::Task task) override { mailbox_->post(std::move(task)); }

 private:
  void run() {
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);  // sendfile() knows no MSG_NOSIGNAL
    on_this_thread_ = certificates_.get();
    const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD);
    pollfd waits[] = {{info->epoll_fd, POLLIN, 0}, {mailbox_->fd(), POLLIN, 0}};
    while (!stopping_) {
      MHD_run(daemon_);
      // At its limit of connections it does not listen; it begins to again in the run after one was closed.
      ::poll(waits, std::size(waits), std::exchange(has_closed_, false) ? 0 : wait_time());
      mailbox_->run();
      connections_.sweep();
      if (certificates_) certificates_->look();
    }
    // libmicrohttpd does not end while a connection is suspended. What would still answer finds the mailbox closed.
    mailbox_->close();
    for (const auto waiting = waiting_; const auto& exchange : waiting) exchange->answer(say(503, "stopping"));
    MHD_stop_daemon(daemon_);
  }

  [[nodiscard]] int wait_time() const {
    MHD_UNSIGNED_LONG_LONG timeout = 0;
    if (MHD_get_timeout(daemon_, &timeout) != MHD_YES) return connections_.empty() ? -1 : kSweepMilliseconds;
    return static_cast<int>(std::min<MHD_UNSIGNED_LONG_LONG>(timeout, kSweepMilliseconds));
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char* version, const char* body, std::size_t* body_size, void** context) {
    auto& server = *static_cast<MhdServer*>(self);
    auto* exchange = static_cast<std::shared_ptr<Exchange>*>(*context);
    if (exchange == nullptr) {
      if (!server.connections_.request_has_begun(connection)) return MHD_NO;
      exchange = new std::shared_ptr(server.make_exchange(connection, url, method, version));
      *context = exchange;
      return server.told((*exchange)->begin(), connection, **exchange);
    }
    if (*body_size > 0) return (*exchange)->take({body, std::exchange(*body_size, 0)});
    if (!server.connections_.request_is_whole(connection)) return MHD_NO;
    return server.told((*exchange)->finish(), connection, **exchange);
  }

  /// An answer may come before its request is whole, too.
  MHD_Result told(MHD_Result result, MHD_Connection* connection, const Exchange& exchange) {
    if (exchange.is_answered()) connections_.answer_has_begun(connection);
    return result;
  }

  /// A reverse proxy before us must not see another request than we do: one could be hidden in the other's body.
  static std::string_view fault_of(MHD_Connection* connection, std::string_view version, const Head& head) {
    constexpr auto kCount = [](void* count, MHD_ValueKind, const char* name, const char*) {
      if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) ++*static_cast<int*>(count);
      return MHD_YES;
    };
    int lengths = 0;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, kCount, &lengths);
    if (lengths > 1) return "there are two Content-Length headers";
    if (lengths > 0 && head.is_chunked) return "there is a Content-Length beside a Transfer-Encoding";
    if (version == MHD_HTTP_VERSION_1_1 && head.header(MHD_HTTP_HEADER_HOST).empty()) return "there is no Host header";
    return {};
  }

  [[nodiscard]] formats::IpAddress client_of(MHD_Connection* connection, const Head& head) const {
    const formats::IpAddress peer = peer_of(connection);
    if (options_.trusted_proxies.empty()) return peer;
    const std::string x_forwarded_for = head.headers("X-Forwarded-For");
    const std::string forwarded = head.headers("Forwarded");
    return formats::client_of(peer, options_.trusted_proxies, {x_forwarded_for, forwarded});
  }

  std::shared_ptr<Exchange> make_exchange(MHD_Connection* connection, const char* url, const char* method,
                                          const char* version) {
    Head head{.connection = connection, .method = method, .path = url};
    const std::string length = head.header(MHD_HTTP_HEADER_CONTENT_LENGTH);
    std::uint64_t bytes = 0;
    if (std::from_chars(length.data(), length.data() + length.size(), bytes).ec == std::errc{})
      head.content_length = bytes;
    head.is_chunked = !head.header(MHD_HTTP_HEADER_TRANSFER_ENCODING).empty();
    head.client = client_of(connection, head);
    head.fault = fault_of(connection, version, head);
    const bool sends_unasked = Exchange::sends_unasked(head);
    return std::make_shared<Exchange>(connection, route(std::move(head), options_, site_, shared_), sends_unasked,
                                      mailbox_, waiting_);
  }

  /// GnuTLS hands on no pointer of ours; but it asks on the thread that runs the server.
  static int on_certificate(gnutls_session_t /*session*/, const gnutls_datum_t* /*authorities*/, int /*count*/,
                            const gnutls_pk_algorithm_t* /*algorithms*/, int /*how_many*/, gnutls_pcert_st** chain,
                            unsigned* length, gnutls_privkey_t* key) {
    Certificate& shown = on_this_thread_->current();
    *chain = shown.chain();
    *length = shown.length();
    *key = shown.key();
    return 0;
  }

  static void on_completed(void* self, MHD_Connection* connection, void** context, MHD_RequestTerminationCode /*how*/) {
    static_cast<MhdServer*>(self)->connections_.answered(connection);
    delete static_cast<std::shared_ptr<Exchange>*>(*context);
    *context = nullptr;
  }

  static void on_connection(void* self, MHD_Connection* connection, void** /*context*/,
                            MHD_ConnectionNotificationCode what) {
    auto& server = *static_cast<MhdServer*>(self);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      if (!server.connections_.opened(connection, peer_of(connection))) server.tell_that_it_is_crowded();
      return;
    }
    server.connections_.closed(connection);
    server.has_closed_ = true;
  }

  void tell_that_it_is_crowded() {
    constexpr std::chrono::minutes kPause{10};
    const auto now = Connections::Clock::now();
    if (now < next_word_) return;
    next_word_ = now + kPause;
    log_->warning(
        "so many connections are open to the web server, in all or from one address, that those which ask for nothing "
        "are closed to let others in; a phone or VoIP.ms needs one for a moment, so somebody is trying something (this "
        "is said once in ten minutes)");
  }

  /// Anybody can make libmicrohttpd complain: only for who asks for every detail.
  static void on_log(void* self, const char* format, va_list arguments) {
    char line[256];
    std::vsnprintf(line, sizeof line, format, arguments);
    static_cast<MhdServer*>(self)->log_->debug("http: {}", line);
  }

  const Options options_;
  Site& site_;
  const std::shared_ptr<runtime::Log> log_;
  int fd_;  ///< Listens, until start(); then -1.
  const std::uint16_t port_;
  const std::shared_ptr<runtime::Mailbox> mailbox_ = std::make_shared<runtime::Mailbox>();
  MHD_Daemon* daemon_ = nullptr;
  static thread_local CertificateKeeper* on_this_thread_;
  // From here on the web thread's alone.
  const std::unique_ptr<CertificateKeeper> certificates_;  ///< Null: HTTP.
  Connections connections_;
  Shared shared_;
  Waiting waiting_;
  bool has_closed_ = false;                   ///< A connection, since the last run.
  Connections::Clock::time_point next_word_;  ///< Of how crowded it is.
  bool stopping_ = false;
  std::thread thread_;
};

thread_local CertificateKeeper* MhdServer::on_this_thread_ = nullptr;

}  // namespace

Result<std::unique_ptr<Server>> listen(Options options, Site& site, std::shared_ptr<runtime::Log> log) {
  std::unique_ptr<CertificateKeeper> certificates;
  if (!options.certificate.empty()) {
    certificates = std::make_unique<CertificateKeeper>(options.certificate, options.key, log);
    if (const auto opened = certificates->open(); !opened) return std::unexpected(opened.error());
  }
  const auto fd = listen_at(options.address, options.port);
  if (!fd) return std::unexpected(fd.error());
  return std::make_unique<MhdServer>(std::move(options), site, std::move(log), *fd, std::move(certificates));
}

}  // namespace mmsgate::web
