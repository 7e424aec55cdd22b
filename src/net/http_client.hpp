// SPDX-License-Identifier: Apache-2.0
// HTTP requests to others: the provider's API, and media of messages. One thread, "net", drives all of them at once
// (libcurl multi). start() may be called from any thread; `done` is called on the net thread and must not block.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::net {

/// Which addresses may be reached. What a stranger may name (the URL of a medium) never leads into our own network,
/// also not by a redirect or a changing DNS answer: the check is made on the address that is connected to.
enum class Reach {
  public_only,  ///< No loopback, private, link-local, multicast or reserved address (RFC 6890), no port below 1 or odd
                ///< scheme.
  with_loopback,  ///< public_only and loopback; for the sandbox and tests.
  anywhere,       ///< For what the owner wrote in the config. Only here a proxy named in the environment is used: it
                  ///< would connect for us to what we refuse to connect to ourselves.
};

struct HttpRequest {
  std::string url;  ///< http or https only.
  std::vector<std::pair<std::string, std::string>>
      form;  ///< Not empty: POST, multipart/form-data. Secrets go here, never in the URL.
  Reach reach = Reach::public_only;
  std::uint64_t most_bytes = 1 << 20;  ///< A longer answer ends the request as `rejected`.
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds total_timeout = std::chrono::seconds(60);
  std::chrono::milliseconds stall_timeout =
      std::chrono::seconds(20);  ///< No byte for so long, and up to 5 s more, ends it.
  int save_to_fd = -1;           ///< >= 0: the body is written there (not closed), not into HttpResponse::body.
};

struct HttpResponse {
  int status = 0;
  std::string content_type;  ///< As it came.
  std::string file_name;     ///< From Content-Disposition, if any.
  std::string body;
  std::uint64_t bytes = 0;  ///< Of the body.
};

class HttpClient {
 public:
  using Done = std::move_only_function<void(Result<HttpResponse>)>;
  virtual ~HttpClient() = default;
  /// An error is what kept us from an answer (transient: network, time-out, cut off; unanswered: the same after a POST
  /// went out; rejected: too long, forbidden address, bad URL). Its sentence names the host and never the rest of a
  /// URL. Any HTTP status is an answer. A GET follows five redirects at most, a POST none, and a POST is sent once.
  virtual void start(HttpRequest request, Done done) = 0;
  /// Any thread: run on the net thread.
  virtual void post(std::move_only_function<void()> task) = 0;
  /// Ends what is under way as transient, before it returns. What is started or posted afterwards is dropped without a
  /// word: who still asks then, such as the store that writes down its last, is being taken down as well. Any thread
  /// but the net thread.
  virtual void stop() = 0;
};

/// Destroying the client stops it, if it was not.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(std::string user_agent);

}  // namespace mmsgate::net
