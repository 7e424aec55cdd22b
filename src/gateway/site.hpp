// SPDX-License-Identifier: Apache-2.0
// What stands behind the web server's routes: the carrier's hook, uploads of phones and scripts, the files, what phones
// are set up by, the health.
// Thread-safe.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "formats/rcs_file.hpp"
#include "gateway/deliveries.hpp"
#include "gateway/errand_plan.hpp"
#include "gateway/hook_tokens.hpp"
#include "gateway/inbound.hpp"
#include "gateway/phone_logins.hpp"
#include "gateway/upload_quota.hpp"
#include "gateway/world.hpp"
#include "media/blob_store.hpp"
#include "runtime/rarely.hpp"
#include "web/server.hpp"

namespace mmsgate::gateway {

class GatewaySite final : public web::Site {
 public:
  /// All must outlive it. `on_doubt` is called, on the web server's thread, when it may be that a password is another
  /// at VoIP.ms now: seldom.
  GatewaySite(World world, HookTokens& hook_tokens, PhoneLogins& logins, Inbound& inbound, media::BlobStore& blobs,
              Deliveries& deliveries, std::function<void()> on_doubt)
      : world_(world),
        hook_tokens_(hook_tokens),
        logins_(logins),
        inbound_(inbound),
        blobs_(blobs),
        deliveries_(deliveries),
        on_doubt_(std::move(on_doubt)) {}

  [[nodiscard]] web::HookCaller hook_caller(std::string_view token) override;

  void on_hook(web::HookRequest request, web::Reply reply) override {
    inbound_.on_hook(std::move(request), std::move(reply));
  }
  /// By the keys as they are in the database now; also while more wait for the phones than can be sent on.
  [[nodiscard]] std::optional<web::Response> refuse(const web::Errand& errand) override;
  [[nodiscard]] Result<std::optional<std::string>> login_hash(formats::DigestHash hash, const std::string& user,
                                                              const std::string& realm) override {
    return logins_.hash(hash, user, realm);
  }
  void on_login(const std::string& user, const std::string& realm, bool is_right) override;
  [[nodiscard]] std::expected<std::shared_ptr<void>, web::Response> reserve(const std::string& account,
                                                                            std::uint64_t bytes) override {
    return quota_.reserve(account, bytes);
  }
  [[nodiscard]] Result<std::unique_ptr<media::Draft>> open_upload() override { return blobs_.draft(); }
  /// Keeps the file, and a script's message with it, then answers with the XML that a phone will send on.
  void on_upload(web::Upload upload, web::Reply reply) override;
  [[nodiscard]] Result<web::MediaFile> find_media(const std::string& link) override;
  /// Used up on disk before its first byte leaves. What is not there, is used up or over is all the same to who asks.
  void on_handout(web::HandoutRequest request, web::Reply reply) override;
  [[nodiscard]] Result<std::string> health() override;

 private:
  void keep(web::Upload upload, web::Reply reply);
  [[nodiscard]] std::expected<Warrant, web::Response> look_at(const web::Errand& errand);
  /// The rows of the file are not written: it goes, and the answer says why. On the thread "work".
  [[nodiscard]] web::Response take_back(const BlobId& id, const Result<bool>& stored);

  World world_;
  HookTokens& hook_tokens_;
  PhoneLogins& logins_;
  Inbound& inbound_;
  media::BlobStore& blobs_;
  Deliveries& deliveries_;
  std::function<void()> on_doubt_;
  UploadQuota quota_{world_};
  runtime::Rarely no_warrant_lines_{world_.clock, std::chrono::minutes(10)};
  runtime::Rarely wrong_login_lines_{world_.clock, std::chrono::minutes(10)};
  runtime::Rarely doubts_{world_.clock, std::chrono::minutes(5)};
};

}  // namespace mmsgate::gateway
