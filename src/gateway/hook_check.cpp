// SPDX-License-Identifier: Apache-2.0
#include "gateway/hook_check.hpp"

#include <algorithm>
#include <utility>

#include "gateway/hook_proof.hpp"
#include "gateway/logged_ids.hpp"

namespace mmsgate::gateway {
namespace {

constexpr std::size_t kMostWaiting = 128;
constexpr std::size_t kMostBytes = 4 << 20;
constexpr std::ptrdiff_t kMostOfOneAddress = 16;
/// Their log may be a moment behind their web hook.
constexpr int kLooks = 2;
/// Who keeps us looking for nothing makes us look ever more seldom, down to once a minute or so. The look that shows
/// that the log was only behind comes as soon as any.
constexpr int kMostDoublings = 4;

/// Nearly all of what one that waits keeps in memory.
std::size_t bytes_of(const Told& told) { return told.raw.size() + told.message.text.size(); }

std::unexpected<Error> too_many() { return fail(ErrorKind::limit, "too many messages wait to be looked up"); }

}  // namespace

void HookCheck::look_up(Told told, Answer answer) {
  const std::size_t bytes = bytes_of(told);
  const bool has_room = ++inside_ <= kMostWaiting;
  const bool has_bytes = (bytes_inside_ += bytes) <= kMostBytes;
  Waiting waiting{.told = std::move(told), .answer = std::move(answer), .looks_left = kLooks};
  if (!has_room || !has_bytes) return end(waiting, too_many());
  world_.loop.post([this, waiting = std::move(waiting)]() mutable { arrive(std::move(waiting)); });
}

void HookCheck::end(Waiting& waiting, Result<std::vector<NewMessage>> proven) {
  --inside_;
  bytes_inside_ -= bytes_of(waiting.told);
  waiting.answer(std::move(proven));
}

void HookCheck::arrive(Waiting waiting) {
  const auto is_of_same = [household = waiting.told.source.household()](const Waiting& each) {
    return !each.told.has_token && each.told.source.household() == household;
  };
  if (!waiting.told.has_token && std::ranges::count_if(waiting_, is_of_same) >= kMostOfOneAddress) {
    return end(waiting, too_many());
  }
  waiting_.push_back(std::move(waiting));
  look();
}

void HookCheck::look() {
  if (is_asking_ || is_resting_ || waiting_.empty()) return;
  is_asking_ = true;
  for (Waiting& each : waiting_) each.asked = true;
  const TimePoint now = world_.clock.now();
  api_.find_received(now - kProofBack, now,
                     [this](Result<Log> log) { world_.loop.post([this, log = std::move(log)] { on_log(log); }); });
}

void HookCheck::on_log(const Result<Log>& log) {
  is_asking_ = false;
  if (log) world_.store.note_log(logged_ids(*log), [](const Result<bool>&) {});  // when it cannot, no more can the rest
  ++fruitless_;
  std::erase_if(waiting_, [&](Waiting& each) { return judge(each, log); });
  rest();
}

bool HookCheck::judge(Waiting& waiting, const Result<Log>& log) {
  if (!log) {
    if (!waiting.asked) return false;
    end(waiting, std::unexpected(log.error()));
    return true;
  }
  auto proven = plan_proven(waiting.told.message, waiting.told.raw, *log, *world_.book.read(), *world_.settings.read(),
                            world_.clock.now(), world_.random);
  if (!proven.empty()) {
    fruitless_ = 0;
    end(waiting, std::move(proven));
    return true;
  }
  if (!waiting.asked || --waiting.looks_left > 0) return false;  // came too late for this look, or gets another
  end(waiting, {});
  return true;
}

void HookCheck::rest() {
  is_resting_ = true;
  const int doublings = std::clamp(fruitless_ - 1, 0, kMostDoublings);
  const Duration pause = world_.settings.read()->hook_pause * (1 << doublings);
  world_.loop.post_after(pause, [this] {
    is_resting_ = false;
    look();
  });
}

}  // namespace mmsgate::gateway
