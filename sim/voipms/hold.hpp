// SPDX-License-Identifier: Apache-2.0
// Answers that come late or never. Any thread.
#pragma once

#include <chrono>
#include <utility>

#include "voipms/http_server.hpp"
#include "voipms/outgoing.hpp"

namespace mmsgate_sim {

inline void answer_later(Outgoing& outgoing, std::chrono::milliseconds delay, Reply reply, Answer answer) {
  outgoing.after(delay,
                 [reply = std::move(reply), answer = std::move(answer)]() mutable { reply.answer(std::move(answer)); });
}

/// Never answers: the connection stays open for longer than anybody waits, or until the simulator ends.
inline void hold(Outgoing& outgoing, Reply reply) {
  constexpr std::chrono::minutes kLongerThanAnybodyWaits(10);
  answer_later(outgoing, kLongerThanAnybodyWaits, std::move(reply), {.hang_up = true});
}

}  // namespace mmsgate_sim
