// SPDX-License-Identifier: Apache-2.0
#include "gateway/site.hpp"

#include <utility>

#include "formats/http_fields.hpp"
#include "gateway/links.hpp"
#include "media/sniff.hpp"

namespace mmsgate::gateway {
namespace {

store::Blob describe(const web::Upload& upload, const media::Kept& kept, std::string_view head, TimePoint now,
                     Duration kept_for) {
  return {.id = kept.id,
          .type = media::settle_type(upload.type, head),
          .name = formats::clean_file_name(upload.name),
          .size = kept.size,
          .sha256 = kept.sha256,
          .created_at = now,
          .until = now + kept_for};
}

formats::RcsFile answer_for(const store::Blob& blob, std::string_view media_base) {
  return {.name = blob.name,
          .type = blob.type,
          .size = blob.size,
          .url = link_to(media_base, blob.id, blob.type),
          .until = rfc3339(blob.until)};
}

}  // namespace

std::optional<web::Response> GatewaySite::refuse(const web::Errand& errand) {
  auto warrant = look_at(errand);
  return warrant ? std::nullopt : std::optional(std::move(warrant.error()));
}

std::expected<Warrant, web::Response> GatewaySite::look_at(const web::Errand& errand) {
  const auto keys = world_.store.upload_keys();
  if (!keys) return std::unexpected(web::Response{.status = 503, .body = "the keys cannot be read now\n"});
  auto warrant = warrant_for(errand, *keys, *world_.book.read());
  // Nothing of what was asked for stands in it: a key might, and a stranger writes what he likes.
  if (!warrant && warrant.error().status == no_warrant().status && no_warrant_lines_.is_time()) {
    world_.log.warning(
        "a script's file for a phone was refused: it had no key, or none for that phone; a new key is made by "
        "`mmsgate keys add NAME --account ACCOUNT` (this is said once in ten minutes, however many come)");
  }
  return warrant;
}

web::HookCaller GatewaySite::hook_caller(std::string_view token) {
  using enum web::HookCaller;
  if (!token.empty()) return hook_tokens_.knows(token) ? known : stranger;
  switch (world_.settings.read()->hook_bare) {
    case HookBare::verify:
      return unproven;
    case HookBare::trust:
      return known;
    case HookBare::refuse:
      return stranger;
  }
  return stranger;
}

void GatewaySite::on_upload(web::Upload upload, web::Reply reply) {
  world_.work.post(
      [this, upload = std::move(upload), reply = std::move(reply)]() mutable { keep(upload, std::move(reply)); });
}

void GatewaySite::keep(const web::Upload& upload, web::Reply reply) {
  std::optional<Warrant> warrant;
  if (upload.errand) {
    auto looked = look_at(*upload.errand);  // again: it may have taken minutes to come
    if (!looked) return reply.answer(std::move(looked.error()));
    warrant = *std::move(looked);
  }
  const std::string head = upload.draft->head();
  const auto kept = upload.draft->keep();
  if (!kept) {
    world_.log.error("an upload could not be kept: {}", kept.error().detail);
    return reply.answer({.status = 507, .body = "cannot store it now\n"});
  }
  const auto settings = world_.settings.read();
  store::Blob blob = describe(upload, *kept, head, world_.clock.now(), settings->media_kept);
  const formats::RcsFile file = answer_for(blob, settings->media_base);
  auto done = [this, file, id = kept->id, is_errand = warrant.has_value(),
               reply = std::move(reply)](const Result<bool>& stored) mutable {
    reply.answer(ended(file, id, stored));
    if (is_errand && stored && *stored) on_accepted_();
  };
  if (!warrant) return world_.store.add_blob(std::move(blob), std::move(done));
  auto message = plan_errand(*upload.errand, warrant->callee, blob, settings->layout, world_.random);
  world_.store.accept_upload(
      {.key_hash = std::move(warrant->key_hash), .blob = std::move(blob), .message = std::move(message)},
      std::move(done));
}

web::Response GatewaySite::ended(const formats::RcsFile& file, const BlobId& id, const Result<bool>& stored) {
  if (stored && *stored) {
    return {.content_type = std::string(formats::kRcsFileType), .body = formats::write_rcs_files({file})};
  }
  if (!stored) world_.log.error("an upload could not be written down: {}", stored.error().detail);
  if (const auto removed = blobs_.remove(id); !removed) world_.log.warning("{}", removed.error().detail);
  return stored ? no_warrant() : web::Response{.status = 507, .body = "cannot store it now\n"};
}

Result<web::MediaFile> GatewaySite::find_media(const std::string& link) {
  const auto id = blob_of_name(link);
  if (!id) return fail(ErrorKind::rejected, "there is no such file");
  auto blob = world_.store.find_blob(*id);
  if (!blob) return std::unexpected(blob.error());
  if (!*blob) return fail(ErrorKind::rejected, "there is no such file");
  const auto fd = blobs_.open(*id);
  if (!fd) return std::unexpected(fd.error());
  return web::MediaFile{
      .fd = *fd, .size = (*blob)->size, .type = (*blob)->type, .name = (*blob)->name, .etag = (*blob)->sha256};
}

Result<std::string> GatewaySite::health() {
  if (const auto writable = world_.store.writable(); !writable) return std::unexpected(writable.error());
  if (world_.book.read()->accounts().empty()) {
    return fail(ErrorKind::transient, "the sub accounts have not been read from VoIP.ms yet");
  }
  return std::string("ok\n");
}

}  // namespace mmsgate::gateway
