// SPDX-License-Identifier: Apache-2.0
// What has been used of the processor, by all threads: not of the clock's time, for the machine may be busy.
#pragma once

#include <ctime>

namespace mmsgate::testing_support {

inline double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

}  // namespace mmsgate::testing_support
