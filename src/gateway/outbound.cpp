// SPDX-License-Identifier: Apache-2.0
#include "gateway/outbound.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/send_plan.hpp"
#include "formats/http_fields.hpp"
#include "gateway/follow_up.hpp"

namespace mmsgate::gateway {
namespace {

constexpr std::chrono::seconds kLater{10};
constexpr const char* kSendLater = "Too many messages are waiting, send it again later";

/// Holds the room until the request has its answer.
sip::Responder hold(std::shared_ptr<void> room, sip::Responder responder) {
  return sip::Responder([room = std::move(room), responder = std::move(responder)](
                            int status, std::string phrase, std::chrono::seconds retry_after) mutable {
    if (retry_after.count() > 0) return responder.answer_later(std::move(phrase), retry_after);
    responder.answer(status, std::move(phrase));
  });
}

}  // namespace

void Outbound::on_message(sip::Request request, sip::Responder open) {
  const auto directory = world_.book.read();
  const SubAccount* sender = directory->find(request.from_user);
  if (sender == nullptr) return open.answer(403, "Not one of our sub accounts");
  if (!is_genuine(request)) return open.answer(403, "Not who the proxy says has logged in");
  if (const auto wait = floods_.anything(request.from_user)) return too_much(request, *wait, std::move(open));
  auto room = waiting_.enter(kAround + request.body.size());
  if (room == nullptr) {
    if (full_lines_.is_time()) {
      world_.log.warning(
          "phones send more messages than can be written down: new ones are refused (503) until there is room again; "
          "is the disk slow? (this is said once in ten minutes)");
    }
    return open.answer_later(kSendLater, kLater);
  }
  sip::Responder responder = hold(std::move(room), std::move(open));
  deliveries_.on_registered(request.from_user);  // who speaks is there
  const auto message = formats::parse_phone_message(request.content_type, request.body);
  if (!message) {
    return responder.answer(message.error().kind == ErrorKind::rejected ? 415 : 400, message.error().detail);
  }
  if (const auto* content = std::get_if<formats::PhoneContent>(&*message)) {
    if (const auto wait = floods_.message(request.from_user)) return too_much(request, *wait, std::move(responder));
    return accept(request, *content, *sender, *directory, std::move(responder));
  }
  if (const auto* read = std::get_if<formats::PhoneReceipts>(&*message)) {
    return receipts(*read, *sender, std::move(responder));
  }
  pass_on(std::get<formats::Composing>(*message), request, *sender, *directory);
  responder.answer(200);
}

void Outbound::on_stranger(const std::string& source) {
  if (!stranger_lines_.is_time()) return;
  world_.log.warning(
      "{} speaks SIP to the gateway and may not: only this machine and the proxy may. If it is your proxy, set "
      "sipallow = {} in section [sip] and start anew (this is said once in ten minutes, however many come)",
      source, source);
}

void Outbound::on_crowd(const std::string& source) {
  if (!crowd_lines_.is_time()) return;
  world_.log.warning(
      "{} has more SIP connections open than it may: those that ask for nothing are ended (this is said once in ten "
      "minutes)",
      source);
}

bool Outbound::is_genuine(const sip::Request& request) {
  if (request.asserted.empty() || !world_.settings.read()->heeds_assertions) return true;
  // All of them: what a phone added itself must not cover for what the proxy said (RFC 3325 9.1 knows one).
  if (std::ranges::all_of(request.asserted, [&](const auto& user) { return user == request.from_user; })) return true;
  if (forged_lines_.is_time()) {
    world_.log.warning(
        "a message from {} was refused: the proxy says that somebody else has logged in (P-Asserted-Identity or "
        "P-Preferred-Identity). If it "
        "names phones otherwise, set sipasserted = no in section [sip] (this is said once in ten minutes)",
        request.from_user);
  }
  return false;
}

bool Outbound::was_taken(const sip::Request& request) const {
  return world_.store.has_message(std::string(kFromPhones), provider_id_of(request)).value_or(false);
}

void Outbound::too_much(const sip::Request& request, std::chrono::seconds wait, sip::Responder responder) {
  if (was_taken(request)) return responder.answer(202);
  responder.answer_later("Too many messages, send it again later", wait);
}

void Outbound::accept(const sip::Request& request, const formats::PhoneContent& content, const SubAccount& sender,
                      const Directory& directory, sip::Responder responder) {
  if (content.text.empty() && content.files.empty()) return responder.answer(400, "There is nothing in it");
  auto parts = parts_of(content.files);
  if (!parts) return responder.answer(parts.error().kind == ErrorKind::rejected ? 410 : 503, parts.error().detail);
  auto planned = plan_outbound(request, content, std::move(*parts), sender, directory, *world_.settings.read(),
                               Links(world_), world_.clock.now(), world_.random);
  if (const auto* refusal = std::get_if<Refusal>(&planned)) {
    return refuse(request, sender, *refusal, std::move(responder));
  }
  auto& message = std::get<NewMessage>(planned);
  const Target target = message.deliveries.front().target;
  // What was accepted before is: its phone hears yes again, not that it has to come again.
  if (deliveries_.is_behind(target) && !was_taken(request)) return responder.answer_later(kSendLater, kLater);
  world_.store.accept({std::move(message)}, [this, target, responder = std::move(responder)](
                                                const Result<store::Accepted>& accepted) mutable {
    if (!accepted) {
      world_.log.error("a message of a phone could not be stored: {}", accepted.error().detail);
      return responder.answer(503, "Cannot store it now");
    }
    responder.answer(202);
    if (accepted->added > 0) deliveries_.poke(target);
  });
}

void Outbound::refuse(const sip::Request& request, const SubAccount& sender, const Refusal& refusal,
                      sip::Responder responder) {
  const std::string peer = peer_form(dialled(request));
  const std::string own = sender.caller_id ? sender.caller_id->national() : sender.extension;
  auto notice =
      make_notice(fmt::format("refused:{}|{}", request.call_id, request.cseq), own, peer, sender.id.value,
                  fmt::format("Not delivered to {}: {}", peer, refusal.phrase), world_.clock.now(), world_.random);
  world_.store.accept({std::move(notice)}, [this, refusal, responder = std::move(responder)](
                                               const Result<store::Accepted>& accepted) mutable {
    responder.answer(refusal.status, refusal.phrase);
    if (accepted && accepted->added > 0) deliveries_.poke(Target::phone);
  });
}

Result<std::vector<Part>> Outbound::parts_of(const std::vector<formats::RcsFile>& files) const {
  const Links links(world_);
  std::vector<Part> parts;
  for (const formats::RcsFile& file : files) {
    Part part{
        .type = file.type, .name = formats::clean_file_name(file.name), .size = file.size, .state = PartState::stored};
    if (const auto name = links.name_in(file.url)) {
      const auto blob = find_linked(links, *name, world_.store);
      if (!blob) return std::unexpected(blob.error());
      if (!*blob) return fail(ErrorKind::rejected, "The file is not here any more");
      part.type = (*blob)->type;
      part.size = (*blob)->size;
      part.blob = (*blob)->id;
      part.until = (*blob)->until;
    } else {
      part.source_url = file.url;  // another file server's: whoever gets the message fetches it there
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

void Outbound::receipts(const formats::PhoneReceipts& read, const SubAccount& sender, sip::Responder responder) {
  struct Open {
    explicit Open(sip::Responder r) : responder(std::move(r)) {}
    sip::Responder responder;
    std::atomic<bool> failed = false;
    ~Open() { responder.answer(failed ? 503 : 200); }
  };
  const auto open = std::make_shared<Open>(std::move(responder));  // the last receipt to be stored answers
  for (const formats::Imdn& each : read.receipts) {
    const bool has_it = each.receipt == formats::Receipt::delivered || each.receipt == formats::Receipt::displayed;
    if (!has_it) continue;  // says nothing that we could act upon
    deliveries_.on_receipt({.call_id = each.message_id,
                            .account = sender.id.value,
                            .displayed = each.receipt == formats::Receipt::displayed},
                           [open](const Result<bool>& stored) {
                             if (!stored) open->failed = true;
                           });
  }
}

void Outbound::pass_on(const formats::Composing& composing, const sip::Request& request, const SubAccount& sender,
                       const Directory& directory) {
  const SubAccount* callee = directory.with_extension(dialled(request));
  if (callee == nullptr) return;  // of no use to a carrier
  world_.loop.post([this, composing, callee = callee->id.value, peer = shown_as(sender)] {
    if (phones_ != nullptr) phones_->tell_typing(callee, peer, composing);
  });
}

}  // namespace mmsgate::gateway
