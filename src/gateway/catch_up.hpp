// SPDX-License-Identifier: Apache-2.0
// Catching up: what VoIP.ms has logged and never told us, because we were off or its web hook got lost, is fetched from
// its log at start and every hour (promise 4). So is what was sent: ours that we took for lost, and what others sent.
//
// Lives on the gateway's loop; start() may be called from any thread, once.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "gateway/world.hpp"
#include "voipms/api.hpp"

namespace mmsgate::gateway {

struct CaughtUp {
  int received = 0;        ///< Messages that had not been here.
  int sent_elsewhere = 0;  ///< Those that were sent by other means, and are now on record.
  int found = 0;           ///< Deliveries of ours that were not lost.
};

class CatchUp {
 public:
  /// `api` must outlive it. `on_accepted` is called, on any thread, when something was found.
  CatchUp(World world, voipms::Api& api, std::function<void()> on_accepted)
      : world_(world), api_(api), on_accepted_(std::move(on_accepted)) {}

  void start();

  using Found = std::function<void(Result<CaughtUp> caught_up)>;
  /// Looks now, by a person's word: as far back as that says, else as always; and also at what has just come. `found`
  /// is called on any thread. May be called from any thread.
  void look_now(std::optional<Duration> back, Found found);

 private:
  using Log = std::vector<formats::LoggedMessage>;
  /// From when on, and how old an entry must be.
  struct Span {
    TimePoint since;
    Duration age{};
  };
  void look();
  void read(Span span, Found found);
  void take(Log log, Span span, const Found& found);
  void read_sent(Span span, CaughtUp so_far, Found found);
  void take_sent(const Log& log, Span span, CaughtUp so_far, const Found& found);
  void on_found(const Result<CaughtUp>& added);
  [[nodiscard]] store::FollowUp news();
  void again_after(Duration wait);

  World world_;
  voipms::Api& api_;
  std::function<void()> on_accepted_;
  int failures_ = 0;
};

/// What of the log is for our phones, in the order in which it came: not before `since`, and not after `until`. Entries
/// for numbers that no sub account has, and those whose date cannot be read, are left out. Pure.
[[nodiscard]] std::vector<NewMessage> plan_catch_up(std::vector<formats::LoggedMessage> log, const Directory& directory,
                                                    const Settings& settings, TimePoint since, TimePoint until,
                                                    TimePoint now, Random& random);

}  // namespace mmsgate::gateway
