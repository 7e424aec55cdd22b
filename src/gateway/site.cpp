// SPDX-License-Identifier: Apache-2.0
#include "gateway/site.hpp"

#include <utility>

#include "formats/http_fields.hpp"
#include "formats/rcs_file.hpp"
#include "gateway/links.hpp"
#include "media/sniff.hpp"

namespace mmsgate::gateway {

void GatewaySite::on_upload(web::Upload upload, web::Reply reply) {
  world_.work.post(
      [this, upload = std::move(upload), reply = std::move(reply)]() mutable { keep(upload, std::move(reply)); });
}

void GatewaySite::keep(const web::Upload& upload, web::Reply reply) {
  const std::string head = upload.draft->head();
  const auto kept = upload.draft->keep();
  if (!kept) {
    world_.log.error("a phone's file could not be kept: {}", kept.error().detail);
    return reply.answer({.status = 507, .body = "cannot store it now\n"});
  }
  const TimePoint now = world_.clock.now();
  store::Blob blob{.id = kept->id,
                   .type = media::settle_type(upload.type, head),
                   .name = formats::clean_file_name(upload.name),
                   .size = kept->size,
                   .sha256 = kept->sha256,
                   .created_at = now,
                   .until = now + world_.settings.read()->media_kept};
  const formats::RcsFile file{.name = blob.name,
                              .type = blob.type,
                              .size = blob.size,
                              .url = link_to(world_.settings.read()->media_base, blob.id, blob.type),
                              .until = rfc3339(blob.until)};
  world_.store.add_blob(
      std::move(blob), [this, file, id = kept->id, reply = std::move(reply)](const Result<bool>& stored) mutable {
        if (stored) {
          return reply.answer(
              {.content_type = std::string(formats::kRcsFileType), .body = formats::write_rcs_files({file})});
        }
        world_.log.error("a phone's file could not be written down: {}", stored.error().detail);
        if (const auto removed = blobs_.remove(id); !removed) world_.log.warning("{}", removed.error().detail);
        reply.answer({.status = 507, .body = "cannot store it now\n"});
      });
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
  if (const auto usable = blobs_.usable(); !usable) return std::unexpected(usable.error());
  if (world_.book.read()->accounts().empty()) {
    return fail(ErrorKind::transient, "the sub accounts have not been read from VoIP.ms yet");
  }
  return std::string("ok\n");
}

}  // namespace mmsgate::gateway
