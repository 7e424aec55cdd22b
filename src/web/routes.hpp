// SPDX-License-Identifier: Apache-2.0
// Which handler answers which request. On the web thread.
#pragma once

#include <memory>

#include "web/handler.hpp"
#include "web/limiter.hpp"
#include "web/upload_login.hpp"

namespace mmsgate::web {

/// So many bytes, and no more, for all who share them.
class Budget {
 public:
  explicit Budget(std::size_t bytes) : left_(bytes) {}
  [[nodiscard]] bool take(std::size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  void give(std::size_t bytes) { left_ += bytes; }

 private:
  std::size_t left_;
};

/// What all requests share.
struct Shared {
  Shared(const Options& options, Site& site)
      : large_bodies(options.most_large_hook_bytes),
        known(options.most_known),
        unproven(options.most_unproven),
        lost(options.most_lost),
        login(options, site) {}
  Budget large_bodies;
  Limiter known, unproven, lost;
  UploadLogin login;
};

/// Never null: what no route knows is answered 404, a method that a route does not know 405 with Allow.
[[nodiscard]] std::unique_ptr<Handler> route(Head head, const Options& options, Site& site, Shared& shared);

// The routes, each in a file of its own.
[[nodiscard]] std::unique_ptr<Handler> make_hook(Head head, std::string token, const Options& options, Site& site,
                                                 Budget& large_bodies);
[[nodiscard]] std::unique_ptr<Handler> make_upload(Head head, const Options& options, Site& site, UploadLogin& login);
[[nodiscard]] std::unique_ptr<Handler> make_media(Head head, const Options& options, Site& site);
[[nodiscard]] std::unique_ptr<Handler> make_handout(Head head, const Options& options, Site& site);

}  // namespace mmsgate::web
