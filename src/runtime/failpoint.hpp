// SPDX-License-Identifier: Apache-2.0
// Where the world changes, a test may have the process killed: a power cut at this very step (tests/crash). In builds
// without tests there is nothing here. Any thread.
#pragma once

namespace mmsgate::runtime {

#ifdef MMSGATE_FAILPOINTS
/// Counts the places that are passed, from the process' start. At the one whose number is in $MMSGATE_CRASH_AT, writes
/// `place` to standard error and kills the process (SIGKILL: nothing is flushed, nobody is told).
void failpoint(const char* place);
#else
inline void failpoint(const char* /*place*/) {}
#endif

}  // namespace mmsgate::runtime
