// SPDX-License-Identifier: Apache-2.0
// The journal of systemd, when it is what reads our standard error. Any thread, while nobody sets the environment.
#pragma once

#include <memory>

namespace spdlog {
class formatter;
}

namespace mmsgate::runtime {

/// Is this descriptor the stream that systemd has connected with its journal ($JOURNAL_STREAM, systemd.exec(5))? One
/// that was redirected since is not.
[[nodiscard]] bool is_journal(int fd);

/// "<4>text": the journal takes the level from it and has the time itself (sd-daemon(3)).
[[nodiscard]] std::unique_ptr<spdlog::formatter> journal_form();

}  // namespace mmsgate::runtime
