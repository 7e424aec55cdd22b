// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "voipms/media.hpp"
#include "voipms/rest_api.hpp"

namespace mmsgate_sim {
namespace {

/// What sendSMS and sendMMS check alike: the word of the complaint, or null.
const char* complaint_of(const Portal& portal, const Form& form, std::size_t most_bytes) {
  const std::string dst = form.get("dst");
  if (form.get("did").empty()) return "missing_did";
  if (dst.empty()) return "missing_dst";
  if (!portal.owns(form.get("did"))) return "invalid_did";
  if (!is_sendable(dst)) return "invalid_dst";
  // The provider counts bytes of UTF-8, not characters: an accented letter is two.
  return form.get("message").size() > most_bytes ? "sms_toolong" : nullptr;
}

Message message_of(const Form& form, bool mms) {
  return {.mms = mms,
          .did = form.get("did"),
          .contact = form.get("dst"),
          .text = form.get("message"),
          .at = std::chrono::system_clock::now()};
}

Json accept(World& world, Message message) {
  if (!world.portal.take_from_day()) return only_status("limit_reached");
  world.tally.add(message.text);
  const char* field = message.mms ? "mms" : "sms";
  return {{"status", "success"}, {field, world.log.add(std::move(message))->id}};
}

}  // namespace

void send_sms(World& world, const Form& form, Done done) {
  const char* complaint = complaint_of(world.portal, form, world.portal.limits().sms_bytes);
  if (complaint == nullptr && form.get("message").empty()) complaint = "missing_sms";
  if (complaint != nullptr) return done(only_status(complaint), "");
  done(accept(world, message_of(form, false)), "");
}

void send_mms(World& world, const Form& form, Done done) {
  const Limits limits = world.portal.limits();
  std::vector<std::string> sources;
  for (const char* name : {"media1", "media2", "media3"}) {
    if (std::string source = form.get(name); !source.empty()) sources.push_back(std::move(source));
  }
  const char* complaint = complaint_of(world.portal, form, limits.mms_bytes);
  if (complaint == nullptr && form.get("message").empty() && sources.empty()) complaint = "message_empty";
  if (complaint != nullptr) return done(only_status(complaint), "");
  fetch_media(world.outgoing, limits, sources,
              [&world, message = message_of(form, true), done = std::move(done)](std::vector<Media> media,
                                                                                 std::string why_not) mutable {
                if (!why_not.empty()) return done(only_status("invalid_media"), std::move(why_not));
                message.media = std::move(media);
                done(accept(world, std::move(message)), "");
              });
}

}  // namespace mmsgate_sim
