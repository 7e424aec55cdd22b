// SPDX-License-Identifier: Apache-2.0
// /sim/...: how tests and people play the outside world. handle() runs on the HTTP thread; long polls, web hooks and
// the bench answer from other threads.
#pragma once

#include <string>

#include "voipms/bench.hpp"
#include "voipms/http_server.hpp"
#include "voipms/webhook.hpp"
#include "voipms/world.hpp"

namespace mmsgate_sim {

class ControlApi {
 public:
  ControlApi(World& world, Webhook& webhook, Bench& bench) : world_(world), webhook_(webhook), bench_(bench) {}

  void handle(const Request& request, Reply reply);
  /// The scene file: {"accounts","dids","webhook","limits","faults"}, each as the control API takes it.
  /// std::invalid_argument says what is wrong.
  void set_scene(const Json& scene);

 private:
  /// May throw as long as it has not moved from `reply`.
  void route(const std::string& what, const Request& request, Reply& reply);
  void post_incoming(const Request& request, Reply& reply);
  void post_bench(const Request& request, Reply& reply);
  void set(const std::string& what, const Json& body);
  void get_sent(const Request& request, Reply reply);
  void get_sent_media(const std::string& rest, Reply reply);
  void reset();
  [[nodiscard]] Json incoming() const;
  [[nodiscard]] Json health() const;

  World& world_;
  Webhook& webhook_;
  Bench& bench_;
};

/// A message from outside, as POST /sim/incoming describes it.
struct Arrival {
  Message message;
  Json patch;               ///< Laid over the web hook's body.
  std::int64_t repeat = 1;  ///< How often the web hook is posted.
  bool wait = true;         ///< Answer after the web hook was answered.
};
/// From JSON or, for curl, a multipart form. std::invalid_argument says what is wrong.
[[nodiscard]] Arrival read_arrival(const Request& request, const Portal& portal);

}  // namespace mmsgate_sim
