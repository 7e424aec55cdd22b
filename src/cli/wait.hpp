// SPDX-License-Identifier: Apache-2.0
// For commands: waits for what is answered on another thread.
#pragma once

#include <future>
#include <utility>

#include "core/error.hpp"

namespace mmsgate::cli {

/// `start` is given what is to be called with the answer.
template <typename T, typename Start>
[[nodiscard]] Result<T> wait_for(Start start) {
  std::promise<Result<T>> answered;
  auto answer = answered.get_future();
  start([&answered](Result<T> result) { answered.set_value(std::move(result)); });
  return answer.get();
}

}  // namespace mmsgate::cli
