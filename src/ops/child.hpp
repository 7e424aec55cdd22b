// SPDX-License-Identifier: Apache-2.0
// The one place where another program is run: by its path and its arguments, never by a shell. Blocks; any thread,
// which must outlive the program: what it runs ends with it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::ops {

struct Ended {
  int code = 0;        ///< As the shell counts: 128 and the number of the signal when one has ended it.
  bool late = false;   ///< It was still there when its time was over, and was killed.
  std::string output;  ///< The first that it said, both streams; bytes of strangers.
};

/// Runs command[0] (a path) in the folder / with nothing of our environment but `environment` ("NAME=value"), with no
/// input, and without files of ours. transient: it cannot be run; the detail says why.
[[nodiscard]] Result<Ended> run_child(const std::vector<std::string>& command,
                                      const std::vector<std::string>& environment, std::chrono::milliseconds time);

}  // namespace mmsgate::ops
