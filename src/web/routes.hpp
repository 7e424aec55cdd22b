// SPDX-License-Identifier: Apache-2.0
// Which handler answers which request. On the web thread.
#pragma once

#include <memory>

#include "web/handler.hpp"

namespace mmsgate::web {

/// Never null: what no route knows is answered 404, a method that a route does not know 405 with Allow.
[[nodiscard]] std::unique_ptr<Handler> route(Head head, const Options& options, Site& site);

// The routes, each in a file of its own.
[[nodiscard]] std::unique_ptr<Handler> make_hook(Head head, const Options& options, Site& site);
[[nodiscard]] std::unique_ptr<Handler> make_upload(Head head, const Options& options, Site& site);
[[nodiscard]] std::unique_ptr<Handler> make_media(Head head, const Options& options, Site& site);

}  // namespace mmsgate::web
