// SPDX-License-Identifier: Apache-2.0
// What stands behind the web server's routes: the carrier's hook, the phones' uploads, the files, what phones are set
// up by, the health.
// Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "gateway/inbound.hpp"
#include "gateway/world.hpp"
#include "media/blob_store.hpp"
#include "web/server.hpp"

namespace mmsgate::gateway {

class GatewaySite final : public web::Site {
 public:
  /// Both must outlive it.
  GatewaySite(World world, Inbound& inbound, media::BlobStore& blobs)
      : world_(world), inbound_(inbound), blobs_(blobs) {}

  void on_hook(web::HookRequest request, web::Reply reply) override { inbound_.on_hook(request, std::move(reply)); }
  [[nodiscard]] Result<std::unique_ptr<media::Draft>> open_upload() override { return blobs_.draft(); }
  /// Keeps the file, then answers with the XML that the phone will send on.
  void on_upload(web::Upload upload, web::Reply reply) override;
  [[nodiscard]] Result<web::MediaFile> find_media(const std::string& link) override;
  /// Used up on disk before its first byte leaves. What is not there, is used up or over is all the same to who asks.
  void on_handout(web::HandoutRequest request, web::Reply reply) override;
  [[nodiscard]] Result<std::string> health() override;

 private:
  void keep(const web::Upload& upload, web::Reply reply);

  World world_;
  Inbound& inbound_;
  media::BlobStore& blobs_;
};

}  // namespace mmsgate::gateway
