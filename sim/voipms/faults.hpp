// SPDX-License-Identifier: Apache-2.0
// What is to go wrong, how often, and where: a list that the control API fills and that whoever answers asks. Every
// method may be called from any thread.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "voipms/text.hpp"

namespace mmsgate_sim {

struct Fault {
  enum class Do {
    status,                ///< Answer this status word (`word`); do nothing.
    http,                  ///< Answer this HTTP status (`amount`); do nothing.
    latency,               ///< Wait so many ms (`amount`), then go on as usual.
    timeout_before,        ///< Do nothing, never answer.
    timeout_after_accept,  ///< Do it, never answer.
    close,                 ///< Do nothing, hang up.
    close_after_accept,    ///< Do it, hang up.
    not_json,              ///< Answer a page of HTML with HTTP 200; do nothing.
    slow,                  ///< Media: so many bytes a second.
    huge,                  ///< Media: zeros follow up to so many bytes.
    type,                  ///< Media: this Content-Type (`word`).
    cut,                   ///< Media: break off in the middle.
    duplicate,             ///< Web hook: post it so many times.
    drop                   ///< Web hook: never post it.
  };
  std::string on;   ///< A method of the interface, "*" for all of them, "media", "webhook".
  std::string dst;  ///< Only for this destination; empty: for all.
  Do what = Do::status;
  std::string text;  ///< As it was asked for: "status:limit_reached".
  std::string word;
  std::int64_t amount = 0;
  std::int64_t left = 1;  ///< 0: for ever.
};

class Faults {
 public:
  /// {"on","do","times","dst"} or a list of such. std::invalid_argument says what is wrong.
  void add(const Json& described);
  void clear();
  /// The first that fits, counted down.
  [[nodiscard]] std::optional<Fault> take(std::string_view on, std::string_view dst);
  [[nodiscard]] Json list() const;

 private:
  mutable std::mutex mutex_;
  std::list<Fault> faults_;  // guarded by mutex_
};

}  // namespace mmsgate_sim
