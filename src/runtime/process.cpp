// SPDX-License-Identifier: Apache-2.0
#include "runtime/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace mmsgate::runtime {

void make_files_private() { ::umask(S_IRWXG | S_IRWXO); }

void keep_memory_private() {
  // Each alone would do for core files: a handler that the kernel pipes them to ignores the limit (core(5)), and what
  // is not dumpable becomes so again where a file of another user is executed (prctl(2)).
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

bool is_almighty() { return ::geteuid() == 0; }

std::size_t have_open_files(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= wanted) return wanted;
  const rlim_t before = std::exchange(limit.rlim_cur, std::min<rlim_t>(wanted, limit.rlim_max));
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

}  // namespace mmsgate::runtime
