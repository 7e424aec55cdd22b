// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory.hpp"

#include <malloc.h>

namespace mmsgate::runtime {
namespace {

constexpr std::chrono::seconds kPause{10};
constexpr std::size_t kMuch = 2 << 20;  ///< Bytes. What little there is will be used again soon.

}  // namespace

void give_back_memory() {
  if (mallinfo2().fordblks > kMuch) malloc_trim(0);
}

void keep_giving_back_memory(Loop& loop) {
  loop.post_after(kPause, [&loop] {
    give_back_memory();
    keep_giving_back_memory(loop);
  });
}

}  // namespace mmsgate::runtime
