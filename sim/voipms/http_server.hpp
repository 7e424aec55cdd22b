// SPDX-License-Identifier: Apache-2.0
// A small HTTP server over libmicrohttpd: whole requests in, whole answers out, and the bad manners that a simulator
// needs (hanging up, dripping, breaking off). One thread of the library's ("http") runs the handler, which must not
// block but may answer later, from any thread, through the Reply. Owned by main().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mmsgate_sim {

using Bytes = std::shared_ptr<const std::string>;
inline Bytes bytes_of(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

struct Request {
  std::string method;
  std::string path;                          ///< Decoded.
  std::map<std::string, std::string> query;  ///< Decoded.
  std::string content_type;
  std::string body;
  std::string client;  ///< The address it came from.
};

struct Answer {
  int status = 200;
  std::string type = "application/json";
  Bytes body;
  bool hang_up = false;                                              ///< Close the connection instead of answering.
  std::uint64_t padded_to = 0;                                       ///< Zeros follow the body up to this length.
  std::uint64_t cut_at = std::numeric_limits<std::uint64_t>::max();  ///< Break off after so many bytes.
  std::uint64_t bytes_per_second = 0;                                ///< 0: as fast as it goes.
};

class Exchange;

/// Answers one request, once, from any thread. Dropped without an answer, it hangs up.
class Reply {
 public:
  explicit Reply(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) = delete;
  ~Reply();
  void answer(Answer answer);

 private:
  std::shared_ptr<Exchange> exchange_;  // null once answered
};

class HttpServer {
 public:
  using Handler = std::function<void(Request, Reply)>;
  using Task = std::move_only_function<void()>;
  /// Runs a task later, on some other thread; dropped tasks are harmless.
  using After = std::function<void(std::chrono::milliseconds, Task)>;

  /// Takes "ADDRESS:PORT" (IPv4; port 0: any free one), so that the URL is known before anybody can ask. Throws
  /// std::runtime_error with the reason.
  explicit HttpServer(const std::string& listen);
  ~HttpServer();  ///< stop().
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void serve(Handler handler, After after);
  /// Hangs up on everybody who waits, then joins the thread. May be called twice.
  void stop();
  [[nodiscard]] const std::string& url() const { return url_; }  ///< "http://127.0.0.1:8080", no slash behind.

 private:
  struct Core;
  std::unique_ptr<Core> core_;
  std::string url_;
};

}  // namespace mmsgate_sim
