// SPDX-License-Identifier: Apache-2.0
// Web hooks whose word is not enough wait here until VoIP.ms' log has been asked: once for all that wait, and not again
// before a pause, however many there are. A stranger can so cost us neither many calls nor much memory.
//
// look_up() may be called from any thread; all else is the gateway's loop.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "formats/carrier_message.hpp"
#include "formats/ip_address.hpp"
#include "gateway/world.hpp"
#include "voipms/api.hpp"

namespace mmsgate::gateway {

/// Something that was told.
struct Told {
  formats::CarrierMessage message;
  std::string raw;
  formats::IpAddress source;
  bool has_token = false;  ///< Then it only shares the room with all others, not with those of its address.
};

class HookCheck {
 public:
  using Answer = std::move_only_function<void(Result<std::vector<NewMessage>> proven)>;

  /// `api` must outlive it.
  HookCheck(World world, voipms::Api& api) : world_(world), api_(api) {}

  /// Answers, on any thread, what is to be stored (see plan_proven); nothing: the log does not show it, at a second
  /// look neither. limit: too many wait. Else why the log cannot be read.
  void look_up(Told told, Answer answer);

 private:
  using Log = std::vector<formats::LoggedMessage>;
  struct Waiting {
    Told told;
    Answer answer;
    int looks_left;
    bool asked = false;  ///< The look that is under way began after it came.
  };
  /// One that waits goes, with this answer.
  void end(Waiting& waiting, Result<std::vector<NewMessage>> proven);
  void arrive(Waiting waiting);
  /// Unless one is under way, or was just now, or nobody waits.
  void look();
  void on_log(const Result<Log>& log);
  /// True: it has its answer.
  [[nodiscard]] bool judge(Waiting& waiting, const Result<Log>& log);
  void rest();

  World world_;
  voipms::Api& api_;
  std::atomic<std::size_t> inside_ = 0;        ///< Requests that wait, also on their way to the loop.
  std::atomic<std::size_t> bytes_inside_ = 0;  ///< Of their bodies.
  // From here on the loop's alone.
  std::vector<Waiting> waiting_;
  bool is_asking_ = false;
  bool is_resting_ = false;
  int fruitless_ = 0;  ///< Looks one after the other that found nothing of what waited.
};

}  // namespace mmsgate::gateway
