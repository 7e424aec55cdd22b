// SPDX-License-Identifier: Apache-2.0
// One request and its answer on their way through libmicrohttpd. Private to the HTTP server. The library's thread calls
// everything but set_answer(), abandon() and resume(), which any thread may call.
#pragma once

#include <microhttpd.h>

#include <memory>
#include <mutex>
#include <optional>

#include "voipms/http_server.hpp"

namespace mmsgate_sim {

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(MHD_Connection* connection, Request asked, HttpServer::After after)
      : request(std::move(asked)), connection_(connection), after_(std::move(after)) {}

  Request request;
  bool handed_over = false;  ///< The handler has had the request.
  bool too_big = false;

  void set_answer(Answer answer);
  void abandon();  ///< Hangs up if nobody has answered yet, and lets a dripping answer run out.
  void resume();

  /// Sends the answer if it is there, else suspends the connection until it is.
  [[nodiscard]] MHD_Result answer_or_wait();
  /// The library is done with the connection.
  void forget();
  /// Waits before the next bytes of a dripping answer. False: the server is about to end, do not wait.
  [[nodiscard]] bool pause(std::chrono::milliseconds pause);

 private:
  [[nodiscard]] MHD_Result queue(const Answer& answer);

  std::mutex mutex_;
  MHD_Connection* connection_;    // guarded by mutex_; null once the library is done with it
  std::optional<Answer> answer_;  // guarded by mutex_
  bool suspended_ = false;        // guarded by mutex_
  bool abandoned_ = false;        // guarded by mutex_
  HttpServer::After after_;
};

}  // namespace mmsgate_sim
