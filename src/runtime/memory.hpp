// SPDX-License-Identifier: Apache-2.0
// After a rush of messages the heap is empty but still ours: glibc keeps what was freed in the middle of it. On a small
// computer others want it.
#pragma once

#include "runtime/loop.hpp"

namespace mmsgate::runtime {

/// Gives what has been freed back to the kernel, when it is much. Any thread; others that allocate wait meanwhile,
/// a millisecond or so.
void give_back_memory();

/// Does so every ten seconds, on `loop`'s thread, until that ends. The loop must be one that is never in a hurry.
void keep_giving_back_memory(Loop& loop);

}  // namespace mmsgate::runtime
