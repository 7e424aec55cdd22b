// SPDX-License-Identifier: Apache-2.0
// Lanes: what goes from one number to one peer by one way to one destination goes in order. The first of a lane blocks
// it; the others wait behind, without a time, until the first is done with and the next takes its place. So what is due
// is found by its time alone, and a lane that stands still costs nothing, however long it is. Writer's thread.
#pragma once

#include <optional>
#include <string>

#include "core/delivery_state.hpp"
#include "core/message.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

/// Where a delivery stands; the numbers are those of the column `blocking`. No value there: in no lane.
enum class Place { behind = 0, first = 1 };

class Lanes {
 public:
  explicit Lanes(Database& db);

  /// Ticks have a lane of their own: they wait for no message and no message waits for them.
  [[nodiscard]] static std::string name(Kind kind, const std::string& own, const std::string& peer, Target target,
                                        const std::string& destination);

  /// The place for one that enters now.
  [[nodiscard]] Place enter(const std::string& lane);
  /// The place for one that is to be tried again: before all that are younger, unless the first is under way. Who has
  /// to step back for it does. `place`: where it stands now.
  [[nodiscard]] Place place_by_age(const std::string& lane, DeliveryId id, std::optional<Place> place);
  /// The first one has left (its row says so already): the next takes its place and is due at `due`.
  void advance(const std::string& lane, TimePoint due);

 private:
  Statement first_;
  Statement behind_;
  Statement promote_;
  Statement step_back_;
};

/// When a queued delivery is due: at once, unless it waits for its turn or for its files.
[[nodiscard]] inline std::optional<TimePoint> due_when_queued(std::optional<Place> place, bool waits_media,
                                                              TimePoint now) {
  if (waits_media || place == Place::behind) return std::nullopt;
  return now;
}

}  // namespace mmsgate::store
