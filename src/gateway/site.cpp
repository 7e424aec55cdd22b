// SPDX-License-Identifier: Apache-2.0
#include "gateway/site.hpp"

#include <utility>

#include "formats/http_fields.hpp"
#include "formats/rcs_file.hpp"
#include "gateway/handout.hpp"
#include "gateway/links.hpp"
#include "media/sniff.hpp"

namespace mmsgate::gateway {
namespace {

const web::Response kNotNow{.status = 503, .body = "not now\n"};

web::Response nothing_to_hand_out() {
  return {.status = 404,
          .body =
              "This link does not work, or does not work any more: each works a few times and for some hours. Ask "
              "whoever gave it to you for a new one (mmsgate provision).\n",
          .headers = {{"Cache-Control", "no-store"}}};
}

web::Response handed_out(store::HandoutKind kind, std::string document) {
  const bool is_config = kind == store::HandoutKind::config;
  return {.content_type = is_config ? "application/xml; charset=utf-8" : "text/vcard; charset=utf-8",
          .body = std::move(document),
          .headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}};
}

}  // namespace

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

void GatewaySite::on_handout(web::HandoutRequest request, web::Reply reply) {
  const std::string id = handout_id(request.name);
  // Who guesses costs a look, and no turn of the writer.
  const auto found = world_.store.find_handout(id, world_.clock.now());
  if (!found) return reply.answer(kNotNow);
  if (!*found) return reply.answer(nothing_to_hand_out());
  const store::HandoutKind kind = (*found)->kind;
  auto document = unpack(**found, request.name);
  if (!document) {
    world_.log.error("what is handed out to {} cannot be read: {}", (*found)->accounts, document.error().detail);
    return reply.answer(nothing_to_hand_out());
  }
  auto response = handed_out(kind, *std::move(document));
  if (request.is_asking || kind == store::HandoutKind::contacts) return reply.answer(std::move(response));
  world_.store.take_handout(id, world_.clock.now(),
                            [this, source = std::move(request.source), response = std::move(response),
                             reply = std::move(reply)](const Result<std::optional<store::Handout>>& taken) mutable {
                              if (!taken) {
                                world_.log.error("a phone's configuration could not be handed out: {}",
                                                 taken.error().detail);
                                return reply.answer(kNotNow);
                              }
                              if (!*taken) return reply.answer(nothing_to_hand_out());
                              // Whoever has it can log in as this phone: its owner will want to know who that was.
                              world_.log.warning("the phone configuration of {} was fetched by {}; {} uses are left",
                                                 (*taken)->accounts, source, (*taken)->uses_left);
                              reply.answer(std::move(response));
                            });
}

Result<std::string> GatewaySite::health() {
  if (const auto writable = world_.store.writable(); !writable) return std::unexpected(writable.error());
  if (world_.book.read()->accounts().empty()) {
    return fail(ErrorKind::transient, "the sub accounts have not been read from VoIP.ms yet");
  }
  return std::string("ok\n");
}

}  // namespace mmsgate::gateway
