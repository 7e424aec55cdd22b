// SPDX-License-Identifier: Apache-2.0
#include "voipms/http_server.hpp"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "voipms/exchange.hpp"

namespace mmsgate_sim {
namespace {

constexpr std::size_t kMostBody = 256U << 20;
constexpr unsigned kMostConnections = 8192;
constexpr std::size_t kConnectionMemory = 64U << 10;

sockaddr_in parse_listen(const std::string& listen) {
  const auto colon = listen.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (colon == std::string::npos || inet_pton(AF_INET, listen.substr(0, colon).c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error(fmt::format("\"{}\" is no ADDRESS:PORT", listen));
  }
  const int port = std::stoi("0" + listen.substr(colon + 1));
  if (port > std::numeric_limits<in_port_t>::max()) throw std::runtime_error(fmt::format("no port: {}", port));
  address.sin_port = htons(static_cast<in_port_t>(port));
  return address;
}

std::string client_of(MHD_Connection* connection) {
  const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  char text[INET_ADDRSTRLEN] = "";
  if (info != nullptr && info->client_addr->sa_family == AF_INET) {
    const auto* address = reinterpret_cast<const sockaddr_in*>(info->client_addr);
    inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
  }
  return text;
}

MHD_Result add_value(void* cls, MHD_ValueKind, const char* key, const char* value) {
  static_cast<Request*>(cls)->query[key] = value == nullptr ? "" : value;
  return MHD_YES;
}

}  // namespace

Reply::~Reply() {
  if (exchange_) exchange_->set_answer({.hang_up = true});
}

void Reply::answer(Answer answer) {
  if (auto exchange = std::move(exchange_)) exchange->set_answer(std::move(answer));
}

struct HttpServer::Core {
  Handler handler;
  After after;
  int listener = -1;  // the daemon's, once it runs; -1: stopped
  MHD_Daemon* daemon = nullptr;
  std::mutex mutex;
  std::unordered_map<Exchange*, std::shared_ptr<Exchange>> open;  // guarded by mutex
  bool stopping = false;                                          // guarded by mutex

  std::shared_ptr<Exchange> begin(MHD_Connection* connection, const char* url, const char* method) {
    Request request{.method = method, .path = url, .client = client_of(connection)};
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_value, &request);
    const char* type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    if (type != nullptr) request.content_type = type;
    auto exchange = std::make_shared<Exchange>(connection, std::move(request), after);
    const std::lock_guard lock(mutex);
    if (stopping) return nullptr;
    open.emplace(exchange.get(), exchange);
    return exchange;
  }

  MHD_Result proceed(Exchange& exchange, const char* data, std::size_t* size) {
    if (*size > 0) {
      exchange.too_big = exchange.too_big || exchange.request.body.size() + *size > kMostBody;
      if (!exchange.too_big) exchange.request.body.append(data, *size);
      *size = 0;
      return MHD_YES;
    }
    if (!std::exchange(exchange.handed_over, true)) {
      Reply reply(exchange.shared_from_this());
      if (exchange.too_big) {
        reply.answer({.status = MHD_HTTP_CONTENT_TOO_LARGE, .type = "text/plain", .body = bytes_of("too big\n")});
      } else {
        hand_over(std::move(exchange.request), std::move(reply));
      }
    }
    return exchange.answer_or_wait();
  }

  /// No exception may run through the library's C; the caller then gets no answer but a closed connection.
  void hand_over(Request request, Reply reply) {
    try {
      handler(std::move(request), std::move(reply));
    } catch (const std::exception& error) {
      fmt::print(stderr, "mmsgate-sim: {}\n", error.what());
    }
  }

  static MHD_Result on_access(void* cls, MHD_Connection* connection, const char* url, const char* method, const char*,
                              const char* data, std::size_t* size, void** state) {
    auto& core = *static_cast<Core*>(cls);
    if (*state != nullptr) return core.proceed(*static_cast<Exchange*>(*state), data, size);
    const auto exchange = core.begin(connection, url, method);
    *state = exchange.get();
    return exchange ? MHD_YES : MHD_NO;
  }

  static void on_completed(void* cls, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    if (*state == nullptr) return;
    auto& core = *static_cast<Core*>(cls);
    static_cast<Exchange*>(*state)->forget();
    const std::lock_guard lock(core.mutex);
    core.open.erase(static_cast<Exchange*>(std::exchange(*state, nullptr)));
  }
};

HttpServer::HttpServer(const std::string& listen) : core_(std::make_unique<Core>()) {
  sockaddr_in address = parse_listen(listen);
  socklen_t size = sizeof address;
  constexpr int kYes = 1;
  constexpr int kBacklog = 1024;
  core_->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  setsockopt(core_->listener, SOL_SOCKET, SO_REUSEADDR, &kYes, sizeof kYes);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(core_->listener, generic, size) != 0 || ::listen(core_->listener, kBacklog) != 0) {
    throw std::runtime_error(fmt::format("cannot listen at {}: {}", listen, std::strerror(errno)));
  }
  getsockname(core_->listener, generic, &size);
  url_ = fmt::format("http://{}:{}", listen.substr(0, listen.rfind(':')), ntohs(address.sin_port));
}

void HttpServer::serve(Handler handler, After after) {
  core_->handler = std::move(handler);
  core_->after = std::move(after);
  constexpr unsigned kFlags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
  core_->daemon = MHD_start_daemon(kFlags, 0, nullptr, nullptr, Core::on_access, core_.get(),  //
                                   MHD_OPTION_LISTEN_SOCKET, core_->listener,                  //
                                   MHD_OPTION_CONNECTION_LIMIT, kMostConnections,              //
                                   MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory,      //
                                   MHD_OPTION_NOTIFY_COMPLETED, Core::on_completed, core_.get(), MHD_OPTION_END);
  if (core_->daemon == nullptr) throw std::runtime_error("the HTTP server does not start: too few file descriptors?");
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() {
  if (core_->listener < 0) return;
  if (core_->daemon == nullptr) {
    close(std::exchange(core_->listener, -1));
    return;
  }
  std::unordered_map<Exchange*, std::shared_ptr<Exchange>> open;
  {
    const std::lock_guard lock(core_->mutex);
    core_->stopping = true;
    open = core_->open;
  }
  for (const auto& entry : open) entry.second->abandon();
  open.clear();
  MHD_stop_daemon(core_->daemon);  // closes the listener too
  core_->listener = -1;
}

}  // namespace mmsgate_sim
