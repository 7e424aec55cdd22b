// SPDX-License-Identifier: Apache-2.0
#include "gateway/site.hpp"

#include <utility>

#include "crypto/secret.hpp"
#include "formats/http_fields.hpp"
#include "formats/rcs_file.hpp"
#include "gateway/handout.hpp"
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
          .until = now + kept_for,
          .uploader = upload.account};
}

formats::RcsFile answer_for(const store::Blob& blob, const Links& links, std::string_view recipient) {
  return {.name = blob.name,
          .type = blob.type,
          .size = blob.size,
          .url = links.to(blob.id, blob.type, blob.until, recipient),
          .until = rfc3339(blob.until)};
}

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

std::optional<web::Response> GatewaySite::refuse(const web::Errand& errand) {
  auto warrant = look_at(errand);
  if (!warrant) return std::move(warrant.error());
  // Not once its body has come: as many as can come at once are no crowd.
  if (!deliveries_.is_behind(Target::phone)) return std::nullopt;
  return web::Response{.status = 503, .body = "too many messages wait\n", .headers = {{"Retry-After", "60"}}};
}

std::expected<Warrant, web::Response> GatewaySite::look_at(const web::Errand& errand) {
  // Who guesses wildly costs no look into the database.
  const auto keys =
      crypto::looks_like_secret(errand.key) ? world_.store.upload_keys() : std::vector<store::UploadKey>();
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

void GatewaySite::on_login(const std::string& user, const std::string& realm, bool is_right) {
  if (is_right) return logins_.used(user, realm);
  const bool is_ours = world_.book.read()->find(user) != nullptr;
  if (is_ours && doubts_.is_time()) on_doubt_();
  if (!wrong_login_lines_.is_time()) return;
  // A stranger writes what he likes: only names that we have ourselves are written down.
  world_.log.warning(
      "somebody who would send a file as {} does not know its SIP password (this is said once in ten minutes, however "
      "often it happens)",
      is_ours ? user : "an account that there is not");
}

void GatewaySite::on_upload(web::Upload upload, web::Reply reply) {
  world_.work.post([this, upload = std::move(upload), reply = std::move(reply)]() mutable {
    keep(std::move(upload), std::move(reply));
  });
}

void GatewaySite::keep(web::Upload upload, web::Reply reply) {
  std::optional<Warrant> warrant;
  if (upload.errand) {
    auto looked = look_at(*upload.errand);  // again: it may have taken minutes to come
    if (!looked) {
      upload.draft.reset();  // before the answer: who hears it finds nothing left
      return reply.answer(std::move(looked.error()));
    }
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
  const std::string uploader = upload.account.empty() ? uploader_of(upload.from, *world_.book.read()) : upload.account;
  const formats::RcsFile file = answer_for(blob, Links(world_), uploader);
  auto done = [this, file, id = kept->id, is_errand = warrant.has_value(), room = std::move(upload.room),
               reply = std::move(reply)](const Result<bool>& stored) mutable {
    room.reset();  // it counts by its row now, or not at all
    if (stored && *stored) {
      reply.answer({.content_type = std::string(formats::kRcsFileType), .body = formats::write_rcs_files({file})});
      if (is_errand) deliveries_.poke(Target::phone);
      return;
    }
    // The answer comes after the removal: who hears it finds nothing left.
    world_.work.post([this, id, stored, reply = std::move(reply)]() mutable { reply.answer(take_back(id, stored)); });
  };
  if (!warrant) return world_.store.add_blob(std::move(blob), std::move(done));
  auto message = plan_errand(*upload.errand, warrant->callee, blob, settings->layout, world_.random);
  world_.store.accept_upload(
      {.key_hash = std::move(warrant->key_hash), .blob = std::move(blob), .message = std::move(message)},
      std::move(done));
}

web::Response GatewaySite::take_back(const BlobId& id, const Result<bool>& stored) {
  if (!stored) world_.log.error("an upload could not be written down: {}", stored.error().detail);
  if (const auto removed = blobs_.remove(id); !removed) world_.log.warning("{}", removed.error().detail);
  return stored ? no_warrant() : web::Response{.status = 507, .body = "cannot store it now\n"};
}

Result<web::MediaFile> GatewaySite::find_media(const std::string& link) {
  const auto blob = find_linked(Links(world_), link, world_.store);
  if (!blob) return std::unexpected(blob.error());
  if (!*blob) return fail(ErrorKind::rejected, "there is no such file");
  const auto fd = blobs_.open((*blob)->id);
  if (!fd) return std::unexpected(fd.error());
  return web::MediaFile{
      .fd = *fd, .size = (*blob)->size, .type = (*blob)->type, .name = (*blob)->name, .etag = (*blob)->sha256};
}

void GatewaySite::on_handout(web::HandoutRequest request, web::Reply reply) {
  if (!could_be_handed_out(request.name)) return reply.answer(nothing_to_hand_out());
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
  if (const auto usable = blobs_.usable(); !usable) return std::unexpected(usable.error());
  if (world_.book.read()->accounts().empty()) {
    return fail(ErrorKind::transient, "the sub accounts have not been read from VoIP.ms yet");
  }
  return std::string("ok\n");
}

}  // namespace mmsgate::gateway
