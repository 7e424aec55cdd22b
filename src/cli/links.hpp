// SPDX-License-Identifier: Apache-2.0
// `mmsgate links`: who was given links to files, revoking them, and the secret that signs them. It writes into the
// database beside a gateway that runs; that one is told, so that it takes effect at once.
#pragma once

#include <string>

#include "ops/config.hpp"

namespace mmsgate::cli {

struct LinksOptions {
  bool json = false;
  std::string recipient = "*";  ///< A sub account, a number in any form, or * for everybody.
  std::string file;             ///< A link to it, or its id; empty: all files.
  bool force = false;           ///< Revoking: even if no message with a file went there, as far as the database knows.
  bool end_now = false;         ///< Rotating: the links that there are end at once.
  // Of the old names:
  bool rehearse = false;  ///< Only say how many there are.
  bool yes = false;       ///< It is meant.
};

/// Each prints to standard output; 1 with a reason on standard error when it cannot be done.
[[nodiscard]] int list_links(const ops::Config& config, const LinksOptions& options);
[[nodiscard]] int revoke_links(const ops::Config& config, const LinksOptions& options);
[[nodiscard]] int rotate_links(const ops::Config& config, const LinksOptions& options);
/// Files that were stored before links were signed open by their plain names no more.
[[nodiscard]] int end_old_links(const ops::Config& config, const LinksOptions& options);

}  // namespace mmsgate::cli
