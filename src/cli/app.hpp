// SPDX-License-Identifier: Apache-2.0
// The command line: what was asked for, and who does it. One file a command.
#pragma once

namespace mmsgate::cli {

/// The process' exit code: 0 done, 1 it failed, 2 (and CLI11's own) the command line or the config is wrong.
[[nodiscard]] int run(int argc, char** argv);

}  // namespace mmsgate::cli
