// SPDX-License-Identifier: Apache-2.0
// What stands behind the web server's routes: the carrier's hook, the phones' uploads, the files, the health.
// Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "gateway/hook_tokens.hpp"
#include "gateway/inbound.hpp"
#include "gateway/world.hpp"
#include "media/blob_store.hpp"
#include "web/server.hpp"

namespace mmsgate::gateway {

class GatewaySite final : public web::Site {
 public:
  /// All must outlive it.
  GatewaySite(World world, HookTokens& hook_tokens, Inbound& inbound, media::BlobStore& blobs)
      : world_(world), hook_tokens_(hook_tokens), inbound_(inbound), blobs_(blobs) {}

  [[nodiscard]] web::HookCaller hook_caller(std::string_view token) override;

  void on_hook(web::HookRequest request, web::Reply reply) override {
    inbound_.on_hook(std::move(request), std::move(reply));
  }
  [[nodiscard]] Result<std::unique_ptr<media::Draft>> open_upload() override { return blobs_.draft(); }
  /// Keeps the file, then answers with the XML that the phone will send on.
  void on_upload(web::Upload upload, web::Reply reply) override;
  [[nodiscard]] Result<web::MediaFile> find_media(const std::string& link) override;
  [[nodiscard]] Result<std::string> health() override;

 private:
  void keep(const web::Upload& upload, web::Reply reply);

  World world_;
  HookTokens& hook_tokens_;
  Inbound& inbound_;
  media::BlobStore& blobs_;
};

}  // namespace mmsgate::gateway
